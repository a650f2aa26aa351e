"""What answers and events add to an order, and what that delivers."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contracts import broadsoft, catalog, numbers, tickets
from contracts.message import Message
from order_intake.domain.absorbing import absorb
from order_intake.domain.deliveries import Delivery
from order_intake.domain.subject import Subject

from ..builders import (
    ACTIVATED,
    FOR_TRUNKING,
    NOW,
    PLAIN,
    SEATS,
    TRUNK,
    UNITY,
    UNITY_FEE,
    delivered,
    good_answer,
    priced,
    reserved,
    resolved,
    set_up,
    subject,
)

IDS: dict[str, Any] = {"order_id": "o-1", "run": 1}
EVENT: dict[str, Any] = {"order_id": "o-1", "partner_id": "p-1", "run": 1}
TODAY, LATER = NOW.date(), date(2027, 3, 9)
RESERVED = reserved(
    numbers.ReserveNumbers(**IDS, partner_id="p-1", wanted=(numbers.WantedNumbers(npa="609", quantity=3),))
)
BUILT = broadsoft.GroupProvisioned(**IDS, service_provider_id="sp", group_id="g", users=(), effects=1)
BILLED = good_answer(catalog.BillDelivered(**IDS, delivery=0))


def changed(before: Subject, after: Subject) -> dict[str, Any]:
    return {name: value for name, value in after if value != getattr(before, name)}


def came(quantity: int, missing: int = 0, *, trunking: bool = False, on: int | None = None) -> Message:
    """So many have come by now, the last of them on that day of March."""
    at = datetime(2027, 3, on, 20, tzinfo=UTC) if on else None
    given = tuple(one.model_copy(update={"came_at": at}) for one in delivered(quantity, trunking=trunking))
    return numbers.BackorderAdvanced(**EVENT, numbers=given, missing=missing, advanced_at=at or NOW)


def people(*ended: tickets.ResolvedTicket, still_open: int = 0) -> Message:
    told = {"ticket": ended[-1], "resolved_by": "r.chen", "still_open": still_open}
    return tickets.TicketResolved(**EVENT, **told, resolved=ended)


def mixed(**facts: Any) -> Subject:
    """Seats and two trunks with a number each, and the fee of what people set up elsewhere."""
    items = (SEATS, TRUNK, TRUNK, UNITY_FEE, UNITY)
    order = subject(items=items, numbers=(PLAIN, FOR_TRUNKING), order_id="o-1", **facts)
    kinds = ("hosted", "trunking", "trunking", "billing", "billing")
    plan = priced("o-1", *((item.package, item.quantity, kind) for item, kind in zip(items, kinds, strict=True)))
    chosen = tuple(numbers.ReservedNumber(number=one.number, trunking=one.trunking) for one in order.form.numbers)
    order = absorb(order, plan)
    return absorb(order, numbers.NumbersReserved(**IDS, numbers=chosen, backordered=()))


def told(order: Subject, *messages: Message) -> Subject:
    for message in messages:
        order = absorb(order, message)
    return order


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        (priced("o-1", ("Seat", 1, "hosted")), {"priced": priced("o-1", ("Seat", 1, "hosted"))}),
        (RESERVED, {"reserved": RESERVED}),
        (BUILT, {"group": BUILT}),
        (BILLED, {"billed": BILLED}),
        (broadsoft.NumbersAdded(**IDS, numbers=()), {"added": 1}),
        (numbers.NumbersReleased(**IDS, numbers=()), {"returned": True}),
        (
            numbers.BackorderFilled(**EVENT, numbers=delivered(), filled_at=NOW),
            {
                "backorder_missing": 0,
                "delivered": delivered(),
                "delivered_at": NOW,
                "batches": (3,),
                "given": (Delivery(numbers=3, on=TODAY),),
            },
        ),
        (
            numbers.BackorderChecked(**IDS, filled=delivered(1), missing=2),
            {
                "backorder_missing": 2,
                "delivered": delivered(1),
                "batches": (1,),
                "given": (Delivery(numbers=1, on=TODAY),),
            },
        ),
        (
            tickets.TicketsChecked(**IDS, open=0, resolved=(resolved("cannot-do"),)),
            {"tickets_open": 0, "resolved": (resolved("cannot-do"),)},
        ),
        (
            tickets.SetupTicketChecked(**IDS, resolution=set_up("cannot-do")),
            {"setup": set_up("cannot-do")},
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_carries_facts_is_kept(message: Message, facts: dict[str, Any]) -> None:
    before = subject()
    assert changed(before, absorb(before, message)) == facts


@pytest.mark.parametrize(
    "message",
    [
        catalog.ChargesDiscarded(**IDS),
        catalog.BillingStarted(**IDS, billing_start=date(2027, 3, 4), lines=1),
        numbers.NumbersAssigned(**IDS, numbers=()),
        broadsoft.GroupRemoved(**IDS, effects=0),
        tickets.TicketsOpened(**IDS, tickets=()),
        tickets.TicketsClosed(**IDS, tickets=()),
        tickets.SetupTicketChecked(**IDS),
    ],
    ids=lambda message: type(message).__name__,
)
def test_what_carries_no_facts_changes_nothing(message: Message) -> None:
    before = subject()
    assert absorb(before, message) == before


def test_what_nobody_builds_by_hand_is_delivered_at_the_pivot() -> None:
    assert mixed().deliveries() == (Delivery(items=("1",), numbers=1),)
    assert subject().deliveries() == ()


def test_a_trunk_is_delivered_by_its_proof_and_the_first_one_brings_the_numbers() -> None:
    first, second = resolved(item_id="3", on=ACTIVATED), resolved(item_id="2", on=LATER)
    order = told(mixed(), people(first, still_open=1), people(first, second))
    assert order.given == (
        Delivery(items=("3",), numbers=1, on=ACTIVATED),
        Delivery(items=("2",), on=LATER),
    )
    both = told(mixed(), people(second, first))
    assert both.given == order.given


def test_a_trunk_that_cannot_be_built_is_never_delivered() -> None:
    refused = told(mixed(), people(resolved("cannot-do", "2"), resolved("cannot-do", "3")))
    assert refused.given == ()
    assert refused.trunk_refused()
    half = told(mixed(), people(resolved("cannot-do", "2"), resolved("done", "3")))
    assert half.given == (Delivery(items=("3",), numbers=1, on=ACTIVATED),)
    assert not half.trunk_refused()


def test_what_is_set_up_elsewhere_is_delivered_with_its_fee() -> None:
    event = tickets.SetupTicketResolved(**EVENT, resolution=set_up(), resolved_by="r.chen")
    order = told(mixed(), event, tickets.SetupTicketChecked(**IDS, resolution=set_up(on=LATER)))
    assert order.given == (Delivery(items=("4", "5"), on=ACTIVATED),)


def test_numbers_are_delivered_as_they_come_each_from_its_day_where_the_customer_is() -> None:
    order = told(subject(), came(1, 2, on=3), came(3, 0))
    assert order.given == (Delivery(numbers=1, on=date(2027, 3, 3)), Delivery(numbers=2, on=TODAY))
    assert order.batches == (1, 2)
    night = numbers.ReservedNumber(number=PLAIN.number, came_at=datetime(2027, 3, 3, 4, tzinfo=UTC))
    event = numbers.BackorderAdvanced(**EVENT, numbers=(night,), missing=0, advanced_at=NOW)
    assert told(subject(), event).given == (Delivery(numbers=1, on=date(2027, 3, 2)),)


def test_numbers_for_a_trunk_wait_for_its_proof_and_are_not_delivered_before_they_came() -> None:
    waiting = told(mixed(), came(2, trunking=True, on=1), came(3, trunking=True, on=9))
    assert (waiting.given, waiting.batches) == ((), ())
    assert told(waiting, people(resolved(item_id="2"))).given == (
        Delivery(items=("2",), numbers=1, on=ACTIVATED),
        Delivery(numbers=2, on=ACTIVATED),
        Delivery(numbers=1, on=LATER),
    )
    proven = told(mixed(), people(resolved(item_id="2", on=LATER)), came(1, trunking=True, on=3))
    assert proven.given[1:] == (Delivery(numbers=1, on=LATER),)


@pytest.mark.parametrize("late", [came(1, 2), came(3), numbers.BackorderChecked(**IDS, filled=(), missing=3)])
def test_news_of_before_and_news_that_are_told_twice_deliver_nothing_again(late: Message) -> None:
    order = told(subject(), came(3))
    assert told(order, late) == order


def test_an_answer_of_before_does_not_open_a_ticket_again() -> None:
    order = told(mixed(), people(resolved(item_id="2"), still_open=1))
    assert told(order, tickets.TicketsChecked(**IDS, open=2, resolved=())) == order
    assert told(order, people(resolved(item_id="2"), still_open=1)) == order


def test_a_number_of_a_trunk_that_is_given_back_may_come_again_for_a_seat() -> None:
    order = told(mixed(), came(1, 1, trunking=True), numbers.NumbersReleased(**IDS, numbers=()))
    assert (order.returned, order.delivered) == (True, ())
    assert told(order, came(1)).given == (Delivery(numbers=1, on=TODAY),)


def test_a_number_of_a_trunk_that_is_told_of_after_it_was_given_back_is_not_the_order_s() -> None:
    order = told(mixed(), numbers.NumbersReleased(**IDS, numbers=()))
    late = told(order, came(2, trunking=True))
    assert (late.delivered, late.given) == ((), ())
