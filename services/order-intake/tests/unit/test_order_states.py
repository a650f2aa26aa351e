"""The states of an order at the edge are TMF622's, and so is every change between them."""

from itertools import pairwise, product
from typing import get_args

import pytest

from contracts.orders import OrderState
from order_intake.domain.order_states import EDGES, FINAL, NotATransition, path

# TMF622 v4, state diagram of the product order, edge by edge.
TMF622 = """
acknowledged > inProgress
acknowledged > pending
inProgress > pending
inProgress > held
inProgress > assessingCancellation
inProgress > completed
inProgress > failed
inProgress > partial
pending > inProgress
pending > cancelled
pending > assessingCancellation
held > inProgress
held > cancelled
held > assessingCancellation
assessingCancellation > inProgress
assessingCancellation > pending
assessingCancellation > held
assessingCancellation > pendingCancellation
pendingCancellation > cancelled
"""
STATES: tuple[OrderState, ...] = get_args(OrderState)


def test_the_table_is_the_one_of_tmf622() -> None:
    edges = {f"{before} > {after}" for before, after_all in EDGES.items() for after in after_all}
    assert edges == set(TMF622.split("\n")[1:-1])
    assert set(EDGES) == set(STATES)


def test_what_has_ended_stays_as_it_is() -> None:
    assert {"rejected", "cancelled", "completed", "failed", "partial"} == FINAL


@pytest.mark.parametrize(
    ("start", "goal", "states"),
    [
        ("acknowledged", "acknowledged", []),
        ("acknowledged", "pending", ["pending"]),
        ("acknowledged", "held", ["inProgress", "held"]),
        ("acknowledged", "completed", ["inProgress", "completed"]),
        ("inProgress", "partial", ["partial"]),
        ("inProgress", "pendingCancellation", ["assessingCancellation", "pendingCancellation"]),
        ("pending", "completed", ["inProgress", "completed"]),
        ("held", "failed", ["inProgress", "failed"]),
        ("held", "inProgress", ["inProgress"]),
        ("pendingCancellation", "cancelled", ["cancelled"]),
        ("cancelled", "cancelled", []),
    ],
)
def test_an_order_goes_through_the_states_between(
    start: OrderState, goal: OrderState, states: list[OrderState]
) -> None:
    assert path(start, goal) == states


def test_a_cancel_is_assessed_first_whatever_the_order_was_doing() -> None:
    for start in ("acknowledged", "inProgress", "pending", "held"):
        assert path(start, "pendingCancellation")[-2:] == ["assessingCancellation", "pendingCancellation"]


def after(state: OrderState) -> set[str]:
    """The state and all that TMF622 has behind it, near and far."""
    edges = [line.split(" > ") for line in TMF622.strip().split("\n")]
    found: set[str] = {state}
    for _ in STATES:
        found |= {goal for start, goal in edges if start in found}
    return found


@pytest.mark.parametrize(("start", "goal"), list(product(STATES, STATES)))
def test_every_way_follows_the_table_or_is_refused(start: OrderState, goal: OrderState) -> None:
    if goal in after(start):
        way = [start, *path(start, goal)]
        assert way[-1] == goal
        assert all(f"\n{one} > {following}\n" in TMF622 for one, following in pairwise(way))
    else:
        with pytest.raises(NotATransition, match=f"{start} cannot become {goal}"):
            path(start, goal)


@pytest.mark.parametrize("ended", sorted(FINAL))
def test_an_order_that_ended_never_becomes_another(ended: OrderState) -> None:
    for goal in set(STATES) - {ended}:
        with pytest.raises(NotATransition):
            path(ended, goal)
