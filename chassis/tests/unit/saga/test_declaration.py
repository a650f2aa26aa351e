"""A saga that makes no sense is refused where it is declared."""

from typing import Any

import pytest

from chassis.saga.steps import Pivot, Saga, Stage, Step, Wait, Waits
from contracts.message import Event, Reply

from .line import Price, Release, absorb, ask

TAKEN_BACK = Step("a", ask(Price), Reply, ask(Release), Reply)
REPEATED = Step("b", ask(Price), Reply, again=True)
WAITING = Wait("stock", lambda _: True, ask(Price), answer=Reply, signal=Event)


@pytest.mark.parametrize(
    ("parts", "fault"),
    [
        ((Stage((Step("a", ask(Price), Reply), Step("a", ask(Price), Reply))), Pivot()), "two steps of x share a name"),
        ((Stage((Step("a", ask(Price), Reply),)),), "x has 0 pivots; it needs one"),
        ((Pivot(), Pivot()), "x has 2 pivots; it needs one"),
        ((Pivot(), Stage((Step("a", ask(Price), Reply, ask(Release), Reply),))), "x has undos after the pivot: a"),
        ((Pivot(), Waits((), (TAKEN_BACK,))), "x has undos after the pivot: a"),
        ((Pivot(), Stage((REPEATED,))), "x has stages with steps that begin anew: b"),
        ((Waits((WAITING,)), Pivot()), "x waits before its pivot, where a gate holds it"),
    ],
)
def test_a_saga_that_makes_no_sense_is_refused_where_it_is_declared(parts: Any, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Saga("x", 1, absorb, parts)
