"""What a portal sees of a run: the order's state, the items' states, and why it waits."""

from typing import Any

import pytest

from chassis.saga.progress import Progress, Reason, StepState
from contracts.orders import OrderState
from order_intake.domain.edge import explanation, item_states, order_state
from order_intake.domain.provisioning import PROVISION_ORDER

from ..builders import NOW, SEATS, TRUNK, resolved, subject

DOING, DONE = StepState("doing", due=NOW), StepState("done")
REASON = Reason("numbers-unavailable", "The number is taken.", "reserve numbers")
LAST = len(PROVISION_ORDER.parts) - 1


def run(**facts: Any) -> Progress:
    plain = {"saga": "provision order", "version": 1, "run": 1, "steps": {"price order": DOING}, "due": NOW}
    return Progress(**{**plain, **facts})


@pytest.mark.parametrize(
    ("progress", "state"),
    [
        (run(), "acknowledged"),
        (run(steps={"price order": DOING, "reserve numbers": DONE}), "inProgress"),
        (run(at=2), "inProgress"),
        (run(run=2), "inProgress"),
        (run(at=1, held="the 911 location is missing", held_state="pending"), "pending"),
        (run(at=1, held="911 needs 48 hours", held_state="held", held_until=NOW), "held"),
        (run(phase="undoing", ending="fallout", reason=REASON), "inProgress"),
        (run(phase="undoing", ending="cancelled", reason=REASON), "pendingCancellation"),
        (run(phase="stuck", ending="fallout", reason=REASON, due=None), "held"),
        (run(phase="stuck", ending="cancelled", reason=REASON, due=None), "pendingCancellation"),
        (run(phase="compensated", ending="fallout", reason=REASON, due=None), "held"),
        (run(phase="compensated", ending="cancelled", reason=REASON, due=None), "cancelled"),
        (run(phase="completed", due=None), "completed"),
    ],
)
def test_a_run_has_the_state_that_tmf622_has_for_it(progress: Progress, state: OrderState) -> None:
    assert order_state(subject(), progress) == state


def test_an_order_of_which_people_could_not_build_all_is_partial() -> None:
    some = subject(items=(SEATS, TRUNK), resolved=(resolved("cannot-do", "2"),))
    assert order_state(some, run(phase="completed", due=None)) == "partial"
    assert order_state(some, run(at=5)) == "inProgress"


@pytest.mark.parametrize(
    ("progress", "told"),
    [
        (run(), ""),
        (run(at=1, held="the 911 location is missing", held_state="pending", due=None), "the 911 location is missing"),
        (run(phase="undoing", ending="fallout", reason=REASON), "reserve numbers: The number is taken."),
        (run(phase="compensated", ending="fallout", reason=REASON, due=None), "reserve numbers: The number is taken."),
        (
            run(phase="undoing", ending="cancelled", reason=Reason("cancelled", "cancelled: too late")),
            "cancelled: too late",
        ),
        (run(phase="completed", reason=REASON, due=None), ""),
        (run(at=5, asked={"backorder": NOW}), "waiting for backorder"),
        (run(at=5, asked={"trunking tickets": NOW, "backorder": NOW}), "waiting for backorder and trunking tickets"),
    ],
)
def test_one_sentence_tells_why_an_order_waits_or_failed(progress: Progress, told: str) -> None:
    assert explanation(subject(), progress) == told


BUILT = {"steps": {"start billing": DONE}, "at": 5}


@pytest.mark.parametrize(
    ("facts", "outcomes", "states"),
    [
        ({}, (), ["acknowledged", "acknowledged"]),
        ({"at": 2}, (), ["inProgress", "inProgress"]),
        ({"at": 1, "held_state": "pending"}, (), ["pending", "pending"]),
        ({"at": 1, "held_state": "held"}, (), ["held", "held"]),
        ({"at": 4, "steps": {"start billing": DOING}}, (), ["inProgress", "inProgress"]),
        (BUILT, (), ["completed", "inProgress"]),
        (BUILT, (resolved("done", "2"),), ["completed", "completed"]),
        (BUILT, (resolved("cannot-do", "2"),), ["completed", "failed"]),
        ({"phase": "completed"}, (resolved("done", "2"),), ["completed", "completed"]),
        ({"phase": "completed"}, (resolved("cannot-do", "2"),), ["completed", "failed"]),
        ({"phase": "undoing", "ending": "fallout"}, (), ["inProgress", "inProgress"]),
        ({"phase": "undoing", "ending": "cancelled"}, (), ["pendingCancellation", "pendingCancellation"]),
        ({"phase": "stuck", "ending": "fallout"}, (), ["held", "held"]),
        ({"phase": "compensated", "ending": "fallout"}, (), ["held", "held"]),
        ({"phase": "compensated", "ending": "cancelled"}, (), ["cancelled", "cancelled"]),
    ],
)
def test_hosted_items_are_complete_past_the_pivot_and_trunks_with_their_ticket(
    facts: dict[str, Any], outcomes: tuple[Any, ...], states: list[OrderState]
) -> None:
    order, progress = subject(items=(SEATS, TRUNK), resolved=outcomes), run(**facts)
    assert item_states(order, progress, order_state(order, progress)) == states


def test_the_items_of_a_discarded_order_have_failed() -> None:
    progress = run(phase="compensated", ending="fallout", reason=REASON, due=None)
    assert item_states(subject(items=(SEATS, TRUNK)), progress, "failed") == ["failed", "failed"]


def test_a_trunk_that_people_built_early_does_not_overtake_the_billing() -> None:
    order = subject(items=(TRUNK,), resolved=(resolved("done", "1"),))
    assert item_states(order, run(at=4, steps={"start billing": DOING}), "inProgress") == ["inProgress"]
