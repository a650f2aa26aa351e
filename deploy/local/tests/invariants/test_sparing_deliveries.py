"""What breaks no rule of what people deliver: what was just proven, and what version 1 billed at the pivot."""

from datetime import date
from decimal import Decimal

import pytest

from dialtone.invariants.rows import OrderDelivery, TicketAct
from dialtone.invariants.snapshot import Snapshot

from .changes import broken, drop, edit, order, post
from .charged import ATTENDANT, LINES, NUMBER
from .made import (
    FEBRUARY,
    NOW,
    PROOF,
    PROVEN,
    START,
    a_billing,
    a_plan_line,
    a_posting,
    a_subscription,
    a_ticket,
    an_item,
    an_order,
)
from .world import a_world

TO_HOSTED = {"group_id": "g-hosted", "customer_id": "c-hosted"}


def test_by_version_1_a_trunk_was_charged_at_the_pivot_whatever_became_of_it() -> None:
    at = a_world()
    order(at, "hosted", state="partial", saga_version=1)
    edit(at.order_items, {"order_id": "hosted", "item_id": "3"}, state="failed")
    edit(at.tickets, {"ticket_id": 4}, outcome="cannot-do", activated_on=None)
    edit(at.numbers, {"number": "+2"}, trunking=True)
    edit(at.order_numbers, {"number": "+2"}, trunking=True)
    drop(at.order_deliveries, order_id="hosted")
    edit(at.subscriptions, {"package": LINES}, from_date=START)
    edit(at.postings, {"posting": 5}, from_date=START, days=27, amount=Decimal("8.67"))
    edit(at.published, {"posting": 5}, from_date=START)
    assert broken(at) == {}


def test_by_version_1_the_plan_of_numbers_became_what_was_charged_at_the_start() -> None:
    at = a_world()
    order(at, "hosted", saga_version=1)
    edit(at.plans, {"package": NUMBER}, state="void", quantity=3)
    assert broken(at) == {}


def test_by_version_1_the_proof_of_an_earlier_run_counts() -> None:
    at = a_world()
    order(at, "hosted", saga_version=1)
    edit(at.tickets, {"ticket_id": 4}, run=1)
    assert broken(at) == {}


def test_by_version_1_nobody_was_asked_for_what_is_set_up_elsewhere() -> None:
    at = a_world()
    order(at, "faxing", saga_version=1)
    drop(at.tickets, ticket_id=6)
    drop(at.order_deliveries, order_id="faxing")
    assert broken(at) == {}


def prove(at: Snapshot, activated: date) -> None:
    """The trunk of the order that waits for it."""
    edit(at.tickets, {"ticket_id": 3}, state="resolved", **{**PROOF, "activated_on": activated})
    at.ticket_acts.append(TicketAct(3, "ops", "resolved", "done", NOW))


@pytest.mark.parametrize("status", ["reserved", "assigned"])
def test_what_was_just_proven_may_not_be_charged_yet(status: str) -> None:
    at = a_world()
    prove(at, PROVEN)
    edit(at.numbers, {"number": "+3"}, status=status)
    assert broken(at) == {}


@pytest.mark.parametrize(
    ("activated", "since", "amount"), [(PROVEN, PROVEN, "6.42"), (date(2026, 1, 2), START, "8.67")]
)
def test_a_trunk_is_charged_from_its_activation_and_not_before_the_billing_start(
    activated: date, since: date, amount: str
) -> None:
    """While the order goes on."""
    at = a_world()
    prove(at, activated)
    edit(at.numbers, {"number": "+3"}, status="assigned", customer_id="c-trunking")
    edit(at.order_items, {"order_id": "trunking", "item_id": "1"}, state="completed")
    edit(at.billing, {"order_id": "trunking"}, numbers_late=1)
    at.order_deliveries.append(OrderDelivery("trunking", 1, activated))
    charge = a_subscription(8, "trunking", "1", line=1, package=LINES, from_date=since)
    at.subscriptions.append(charge)
    post(at, a_posting(15, charge, amount), a_posting(16, charge, "9.95", from_date=FEBRUARY))
    assert broken(at) == {}


def test_numbers_for_trunks_are_charged_from_the_first_activation() -> None:
    """The other trunk is charged by use."""
    at = a_world()
    at.order_items.append(an_item("hosted", "4", "Metered Lines", trunking=True))
    proof = {**PROOF, "activated_on": date(2026, 1, 25)}
    at.tickets.append(a_ticket(9, "hosted", "trunking", "resolved", "4", run=2, **proof))
    at.ticket_acts.append(TicketAct(9, "ops", "resolved", "done", NOW))
    edit(at.order_numbers, {"order_id": "hosted"}, trunking=True)
    edit(at.numbers, {"order_id": "hosted"}, trunking=True)
    edit(at.order_deliveries, {"order_id": "hosted", "numbers": 0}, numbers=2)
    edit(at.subscriptions, {"package": NUMBER}, from_date=PROVEN)
    edit(at.postings, {"posting": 6}, from_date=PROVEN, days=20, amount=Decimal("0.74"))
    assert broken(at) == {}


def charge_numbers_from_the_start(at: Snapshot) -> None:
    edit(at.subscriptions, {"package": NUMBER}, from_date=START)
    edit(at.postings, {"posting": 6}, from_date=START, days=27, amount=Decimal("1.00"))


def test_numbers_for_seats_are_charged_before_a_trunk_is_there() -> None:
    at = a_world()
    edit(at.order_numbers, {"number": "+2"}, trunking=True)
    edit(at.numbers, {"number": "+2"}, trunking=True)
    charge_numbers_from_the_start(at)
    assert broken(at) == {}


def test_by_version_1_numbers_for_a_trunk_were_charged_before_it_was_there() -> None:
    at = a_world()
    order(at, "hosted", saga_version=1)
    edit(at.order_numbers, {"order_id": "hosted"}, trunking=True)
    charge_numbers_from_the_start(at)
    assert broken(at) == {}


def test_what_the_pivot_delivers_needs_no_proof() -> None:
    at = a_world()
    drop(at.subscriptions, package=ATTENDANT)
    assert "3b" not in broken(at)


def test_what_was_proven_before_its_order_was_cancelled_is_not_charged() -> None:
    at = a_world()
    at.order_items.append(an_item("cancelled", "1", LINES, "cancelled", trunking=True))
    at.plans.append(a_plan_line("cancelled", 1, "1", "void", package=LINES))
    at.billing.append(a_billing("cancelled", "void"))
    at.tickets.append(a_ticket(9, "cancelled", "trunking", "resolved", "1", **PROOF))
    at.ticket_acts.append(TicketAct(9, "ops", "resolved", "done", NOW))
    assert broken(at) == {}


def test_of_a_partial_order_fewer_numbers_are_charged_than_were_planned() -> None:
    """Those of the trunk that could not be built were given back."""
    at = a_world()
    order(at, "hosted", state="partial")
    edit(at.plans, {"package": NUMBER}, quantity=3)
    assert broken(at) == {}


def test_an_order_of_which_nothing_could_be_set_up_elsewhere_has_failed() -> None:
    at = a_world()
    ended = {"ended_at": NOW, "past_pivot": True, "reason": "10: no such platform"}
    at.orders["unset"] = an_order("unset", "failed", "completed", **ended, **TO_HOSTED)
    at.settled.add("unset")
    at.order_items.append(an_item("unset", "1", "Smart Record", "failed", elsewhere=True))
    at.billing.append(a_billing("unset", "void"))
    at.plans.append(a_plan_line("unset", 1, "1", "void", package="Smart Record"))
    at.tickets += [
        a_ticket(9, "unset", "order", "closed"),
        a_ticket(10, "unset", "setup", "resolved", outcome="cannot-do"),
    ]
    at.ticket_acts.append(TicketAct(10, "ops", "resolved", "cannot-do: no such platform", NOW))
    assert broken(at) == {}
