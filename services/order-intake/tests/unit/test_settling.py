"""How an order ends when people could not build all of it, and what is given back."""

from typing import Any

import pytest

from order_intake.domain.edge import explanation, item_states, order_state

from ..builders import BACKORDER, FOR_TRUNKING, PLAIN, SEATS, TRUNK, UNITY, UNITY_FEE, resolved, set_up
from .courses import Course, course

REFUSED = resolved("cannot-do", "1")
WISH = BACKORDER.model_copy(update={"trunking": True})


def waiting(**facts: Any) -> Course:
    """Past the pivot, with everything that stands there billed."""
    it = course(**facts)
    it.go_on()
    assert it.run.progress.asked
    return it


def ended(it: Course) -> tuple[str, list[str]]:
    """The state of the order, and those of its items."""
    state = order_state(it.run.subject, it.run.progress)
    return state, list(item_states(it.run.subject, it.run.progress, state))


def test_an_order_of_which_nothing_could_be_built_has_failed_and_nothing_of_it_is_charged() -> None:
    order = waiting(items=(TRUNK,), numbers=(FOR_TRUNKING,))
    order.people(REFUSED)
    assert order.go_on() == ["give trunk numbers back", "close tickets", "void charges"]
    assert ended(order) == ("failed", ["failed"])
    assert explanation(order.run.subject, order.run.progress) == "T-000002: no such address"


def test_what_stands_stays_when_a_trunk_could_not_be_built() -> None:
    order = waiting(items=(SEATS, TRUNK), numbers=(PLAIN, FOR_TRUNKING))
    assert [one.command.items for one in order.run.sent if one.step == "start billing"] == [("1",)]
    order.people(resolved("cannot-do", "2"))
    assert order.go_on() == ["give trunk numbers back", "close tickets"]
    assert ended(order) == ("partial", ["completed", "failed"])


def test_of_two_trunks_one_is_enough_for_the_numbers() -> None:
    order = waiting(items=(TRUNK, TRUNK), numbers=(FOR_TRUNKING,))
    order.people(REFUSED, still_open=1)
    assert order.go_on() == []
    order.people(REFUSED, resolved("done", "2"))
    assert order.go_on() == ["assign trunk numbers", "bill what is delivered", "close tickets"]
    assert ended(order) == ("partial", ["failed", "completed"])


def test_a_backorder_of_a_trunk_that_cannot_be_built_is_waited_for_no_longer() -> None:
    order = waiting(items=(TRUNK,), number_searches=(WISH,))
    order.people(REFUSED)
    assert order.go_on() == ["give trunk numbers back", "close tickets", "void charges"]
    assert ended(order)[0] == "failed"


def test_a_backorder_of_seats_is_waited_for_even_so() -> None:
    order = waiting(items=(SEATS, TRUNK), number_searches=(BACKORDER, WISH))
    order.people(resolved("cannot-do", "2"))
    assert order.go_on() == ["give trunk numbers back"]
    assert list(order.run.progress.asked) == ["backorder"]
    order.stock(3)
    assert order.go_on() == ["add backordered numbers", "bill what is delivered", "close tickets"]
    assert ended(order) == ("partial", ["completed", "failed"])


def test_a_backorder_is_used_and_billed_piece_by_piece() -> None:
    order = waiting(items=(SEATS,), number_searches=(BACKORDER,))
    for quantity, missing in ((1, 2), (3, 0)):
        order.stock(quantity, missing)
        assert order.go()[:2] == ["add backordered numbers", "bill what is delivered"]
    assert [len(one.command.numbers) for one in order.run.sent if one.step == "add backordered numbers"] == [1, 2]
    bills = [one.command for one in order.run.sent if one.step == "bill what is delivered"]
    assert [(one.delivery, one.numbers) for one in bills] == [(1, 1), (2, 2)]


def test_what_people_set_up_elsewhere_is_waited_for_and_billed_by_its_proof() -> None:
    order = waiting(items=(SEATS, UNITY, UNITY_FEE))
    assert "ask for the setup elsewhere" in {one.step for one in order.run.sent}
    assert ended(order)[1] == ["completed", "inProgress", "inProgress"]
    order.set_up(set_up())
    assert order.go() == ["bill what is delivered"]
    assert order.run.last("bill what is delivered").command.items == ("2", "3")
    assert order.go_on() == ["close tickets"]
    assert ended(order) == ("completed", ["completed"] * 3)


@pytest.mark.parametrize(("items", "state"), [((UNITY, UNITY_FEE), "failed"), ((SEATS, UNITY, UNITY_FEE), "partial")])
def test_what_cannot_be_set_up_fails_with_its_fee(items: Any, state: str) -> None:
    order = waiting(items=items)
    order.set_up(set_up("cannot-do"))
    order.go_on()
    assert ended(order) == (state, [*["completed"] * (len(items) - 2), "failed", "failed"])


def test_an_order_for_elsewhere_alone_builds_no_group() -> None:
    order = waiting(items=(UNITY,))
    assert "provision group" not in {one.step for one in order.run.sent}


def test_an_item_is_completed_when_it_is_delivered_and_not_before() -> None:
    order = waiting(items=(SEATS, TRUNK, TRUNK), number_searches=(BACKORDER,))
    assert ended(order) == ("inProgress", ["completed", "inProgress", "inProgress"])
    order.people(resolved("done", "3"), still_open=1)
    assert ended(order)[1] == ["completed", "inProgress", "completed"]


def test_a_trunk_that_is_built_before_the_pivot_is_not_completed_before_it() -> None:
    early = course(items=(SEATS, TRUNK))
    early.go()
    early.people(resolved("done", "2"))
    assert ended(early)[1] == ["inProgress", "inProgress"]


def test_before_the_pivot_a_cancel_takes_the_setup_ticket_back() -> None:
    order = course(items=(SEATS, UNITY))
    order.go()
    order.run.cancel()
    assert order.undo_all()[0] == ["provision group", "open tickets", "ask for the setup elsewhere"]
