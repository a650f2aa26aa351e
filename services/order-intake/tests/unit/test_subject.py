"""The order as its saga sees it, and what answers and events add to it."""

from datetime import date
from typing import Any

import pytest

from contracts import broadsoft, catalog, numbers, tickets
from contracts.message import Message
from contracts.orders import NumberSearch
from order_intake.domain.subject import Subject, absorb

from ..builders import BACKORDER, FOR_TRUNKING, NOW, PLAIN, SEATS, TRUNK, delivered, priced, reserved, resolved, subject
from ..builders import form as make_form

IDS: dict[str, Any] = {"order_id": "o-1", "run": 1}
RESERVED = reserved(
    numbers.ReserveNumbers(**IDS, partner_id="p-1", wanted=(numbers.WantedNumbers(npa="609", quantity=3),))
)
BUILT = broadsoft.GroupProvisioned(**IDS, service_provider_id="sp", group_id="g", users=(), effects=1)
EVENT: dict[str, Any] = {"order_id": "o-1", "partner_id": "p-1", "run": 1}


def changed(before: Subject, after: Subject) -> dict[str, Any]:
    return {name: value for name, value in after if value != getattr(before, name)}


@pytest.mark.parametrize(
    ("message", "facts"),
    [
        (priced("o-1", ("Seat", 1, "hosted")), {"priced": priced("o-1", ("Seat", 1, "hosted"))}),
        (RESERVED, {"reserved": RESERVED}),
        (BUILT, {"group": BUILT}),
        (
            numbers.BackorderFilled(**EVENT, numbers=delivered(), filled_at=NOW),
            {"backorder_missing": 0, "delivered": delivered(), "delivered_at": NOW},
        ),
        (
            numbers.BackorderChecked(**IDS, filled=delivered(1), missing=2),
            {"backorder_missing": 2, "delivered": delivered(1)},
        ),
        (
            numbers.BackorderChecked(**IDS, filled=delivered(), missing=0, filled_at=NOW),
            {"backorder_missing": 0, "delivered": delivered(), "delivered_at": NOW},
        ),
        (
            tickets.TicketResolved(
                **EVENT, ticket=resolved(), resolved_by="r.chen", still_open=1, resolved=(resolved(),)
            ),
            {"tickets_open": 1, "resolved": (resolved(),)},
        ),
        (
            tickets.TicketsChecked(**IDS, open=0, resolved=(resolved("cannot-do"),)),
            {"tickets_open": 0, "resolved": (resolved("cannot-do"),)},
        ),
    ],
)
def test_what_carries_facts_is_kept(message: Message, facts: dict[str, Any]) -> None:
    before = subject()
    assert changed(before, absorb(before, message)) == facts


@pytest.mark.parametrize(
    "message",
    [
        catalog.ChargesDiscarded(**IDS),
        catalog.BillingStarted(**IDS, billing_start=date(2027, 3, 4), lines=1),
        numbers.NumbersReleased(**IDS, numbers=()),
        numbers.NumbersAssigned(**IDS, numbers=()),
        broadsoft.GroupRemoved(**IDS, effects=0),
        tickets.TicketsOpened(**IDS, tickets=()),
        tickets.TicketsClosed(**IDS, tickets=()),
    ],
    ids=lambda message: type(message).__name__,
)
def test_what_carries_no_facts_changes_nothing(message: Message) -> None:
    before = subject()
    assert absorb(before, message) == before


@pytest.mark.parametrize(
    ("facts", "trunking"),
    [
        ({}, False),
        ({"numbers": (PLAIN,)}, False),
        ({"items": (SEATS, TRUNK)}, True),
        ({"numbers": (PLAIN, FOR_TRUNKING)}, True),
        ({"number_searches": (NumberSearch(npa="973", quantity=1, trunking=True),)}, True),
    ],
)
def test_people_have_to_build_trunks_and_numbers_for_trunking(facts: dict[str, Any], *, trunking: bool) -> None:
    assert subject(**facts).trunking() is trunking


def test_an_order_wants_numbers_when_some_are_chosen_or_searched_for() -> None:
    assert not subject().wants_numbers()
    assert subject(numbers=(PLAIN,)).wants_numbers()
    assert subject(number_searches=(BACKORDER,)).wants_numbers()


def test_only_a_priced_order_knows_what_is_hosted() -> None:
    assert not subject().hosted()
    assert subject(priced=priced("o-1", ("T", 1, "trunking"), ("S", 1, "hosted"))).hosted()
    assert not subject(priced=priced("o-1", ("T", 1, "trunking"), ("F", 1, "billing"))).hosted()


def test_numbers_for_trunking_are_not_hosted_numbers() -> None:
    command = numbers.ReserveNumbers(
        **IDS,
        partner_id="p-1",
        chosen=(
            numbers.ChosenNumber(number=PLAIN.number),
            numbers.ChosenNumber(number=FOR_TRUNKING.number, trunking=True),
        ),
    )
    assert subject(reserved=reserved(command)).hosted_numbers() == (PLAIN.number,)
    assert subject().hosted_numbers() == ()


def test_an_order_is_backordered_when_numbers_are_missing() -> None:
    assert not subject().backordered()
    assert subject(reserved=RESERVED).backordered()


def test_an_order_is_undoable_when_people_cannot_do_a_ticket() -> None:
    assert not subject(resolved=(resolved(),)).cannot_be_built()
    assert subject(resolved=(resolved(), resolved("cannot-do", "2"))).cannot_be_built()


def test_a_subject_survives_its_way_through_the_database() -> None:
    whole = subject(form=make_form(items=(SEATS, TRUNK), numbers=(PLAIN,)), reserved=RESERVED, group=BUILT, run=3)
    whole = whole.model_copy(update={"delivered": delivered(), "delivered_at": NOW, "resolved": (resolved(),)})
    assert Subject.model_validate_json(whole.model_dump_json()) == whole
