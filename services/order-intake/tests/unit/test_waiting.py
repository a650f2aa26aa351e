"""What an order waits for past the pivot."""

from typing import Any

import pytest

from contracts import broadsoft, numbers
from order_intake.domain import waiting
from order_intake.domain.subject import Subject

from ..builders import FOR_TRUNKING, PLAIN, SEATS, TRUNK, delivered, priced, resolved, set_up, subject

IDS: dict[str, Any] = {"order_id": "o-1", "run": 1}
BUILT = broadsoft.GroupProvisioned(**IDS, service_provider_id="sp", group_id="g", users=(), effects=1)


def lacking(*, seats: int = 0, trunk: int = 0, **facts: Any) -> Subject:
    """An order with trunks and seats that lacks so many numbers of each side."""
    missing = [(seats, False), (trunk, True)]
    wanted = tuple(numbers.WantedNumbers(npa="609", quantity=n, trunking=side) for n, side in missing if n)
    order = subject(items=(SEATS, TRUNK), numbers=(PLAIN, FOR_TRUNKING))
    it = {"reserved": numbers.NumbersReserved(**IDS, numbers=(), backordered=wanted), **facts}
    return order.model_copy(update=it)


def test_trunking_is_waited_for_until_no_ticket_is_open() -> None:
    trunks = subject(items=(TRUNK,))
    assert waiting.for_tickets(trunks)
    assert waiting.for_tickets(trunks.model_copy(update={"tickets_open": 1}))
    assert not waiting.for_tickets(trunks.model_copy(update={"tickets_open": 0, "resolved": (resolved(),)}))
    assert not waiting.for_tickets(subject())


def test_setup_is_waited_for_until_people_say_how_it_ended() -> None:
    order = subject(priced=priced("o-1", ("Unity Client", 2, "billing")))
    assert waiting.for_setup(order)
    assert not waiting.for_setup(order.model_copy(update={"setup": set_up("cannot-do")}))
    assert not waiting.for_setup(subject())


@pytest.mark.parametrize(
    ("order", "waits"),
    [
        (subject(), False),
        (lacking(), False),
        (lacking(seats=3), True),
        (lacking(seats=3, delivered=delivered(2)), True),
        (lacking(seats=3, delivered=delivered(3)), False),
        (lacking(seats=3, delivered=delivered(3, trunking=True)), True),
        (lacking(trunk=2), True),
        (lacking(trunk=2, tickets_open=0, resolved=(resolved("cannot-do", "2"),)), False),
        (lacking(trunk=2, tickets_open=1, resolved=(resolved("cannot-do", "2"),)), True),
        (lacking(seats=1, trunk=2, tickets_open=0, resolved=(resolved("cannot-do", "2"),)), True),
        (lacking(trunk=2, tickets_open=0, resolved=(resolved("done", "2"),)), True),
        (
            lacking(trunk=2, tickets_open=0, resolved=(resolved("done", "2"),), delivered=delivered(2, trunking=True)),
            False,
        ),
    ],
)
def test_a_backorder_is_waited_for_on_the_sides_that_can_still_use_it(order: Subject, *, waits: bool) -> None:
    assert waiting.for_backorder(order) is waits


def test_trunk_numbers_are_assigned_with_a_proof_and_given_back_without_any() -> None:
    open_yet = lacking(tickets_open=1, resolved=(resolved("cannot-do", "2"),))
    assert not (waiting.trunk_numbers_are_due(open_yet))
    assert not (waiting.trunk_numbers_are_in_vain(open_yet))
    proven = lacking(tickets_open=0, resolved=(resolved("cannot-do", "2"), resolved("done", "3")))
    assert waiting.trunk_numbers_are_due(proven)
    assert not waiting.trunk_numbers_are_in_vain(proven)
    refused = lacking(tickets_open=0, resolved=(resolved("cannot-do", "2"),))
    assert waiting.trunk_numbers_are_in_vain(refused)
    assert not waiting.trunk_numbers_are_due(refused)
    without = subject(items=(TRUNK,), tickets_open=0, resolved=(resolved(),))
    assert not (waiting.trunk_numbers_are_due(without))
    assert not (waiting.trunk_numbers_are_in_vain(without))


def test_batches_wait_for_the_group_and_for_their_turn() -> None:
    assert not waiting.has_batch(lacking(batches=(2,)))
    assert waiting.has_batch(lacking(batches=(2,), group=BUILT))
    assert not waiting.has_batch(lacking(batches=(2,), group=BUILT, added=1))


def test_by_version_1_a_backorder_is_waited_for_until_nothing_is_missing() -> None:
    order = lacking(seats=1)
    assert waiting.for_whole_backorder(order)
    assert waiting.for_whole_backorder(order.model_copy(update={"backorder_missing": 1}))
    assert not waiting.for_whole_backorder(order.model_copy(update={"backorder_missing": 0}))
    assert not waiting.has_late_delivery(order.model_copy(update={"group": BUILT}))
    assert waiting.has_late_delivery(order.model_copy(update={"group": BUILT, "delivered": delivered(1)}))
