"""A saga that makes no sense is refused where it is declared."""

from typing import Any

import pytest

from chassis.saga.steps import Pivot, Saga, Stage, Step
from contracts.message import Reply

from .line import Price, Release, absorb, ask


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ((Stage((Step("a", ask(Price), Reply), Step("a", ask(Price), Reply))), Pivot()), "two steps of x share a name"),
        ((Stage((Step("a", ask(Price), Reply),)),), "x has 0 pivots; it needs one"),
        ((Pivot(), Pivot()), "x has 2 pivots; it needs one"),
        ((Pivot(), Stage((Step("a", ask(Price), Reply, ask(Release), Reply),))), "x has undos after the pivot: a"),
    ],
)
def test_a_saga_that_makes_no_sense_is_refused_where_it_is_declared(parts: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Saga("x", 1, absorb, parts)
