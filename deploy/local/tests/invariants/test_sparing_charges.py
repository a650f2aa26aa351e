"""What breaks no rule of charges: what is not due yet, what was billed by earlier releases, what people did by hand."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from dialtone.invariants.rows import OrderDelivery, TicketAct
from dialtone.invariants.snapshot import Snapshot

from .changes import broken, drop, edit, order, post
from .charged import ATTENDANT, LINES, NUMBER, SURCHARGE
from .made import (
    FEBRUARY,
    MARCH,
    NOW,
    PROOF,
    PROVEN,
    START,
    a_billing,
    a_plan_line,
    a_posting,
    a_published_line,
    a_reversal,
    a_subscription,
    a_ticket,
    an_item,
    an_order,
    midnight,
)
from .world import a_world

TO_HOSTED = {"group_id": "g-hosted", "customer_id": "c-hosted"}


def add_an_order_that_starts_later(at: Snapshot, start: date, due_at: datetime) -> None:
    """It is completed, and charged every month and once from a day on that has not been posted."""
    done = {"ended_at": NOW, "past_pivot": True, "billing_started": True}
    at.orders["early"] = an_order("early", "completed", "completed", **done, **TO_HOSTED)
    at.settled.add("early")
    at.billing.append(a_billing("early", "started")._replace(billing_start=start, customer_id="c-hosted"))
    charge = {"package": SURCHARGE, "from_date": start}
    for item, kind in (("1", "MRC"), ("2", "NRC")):
        at.order_items.append(an_item("early", item, SURCHARGE, fulfilment="billing"))
        at.plans.append(a_plan_line("early", int(item), item, kind=kind, **charge))
        dates = {"posted_to": start, "due_at": due_at}
        number = 7 + int(item)
        facts = {"line": int(item), "kind": kind, "customer_id": "c-hosted"}
        at.subscriptions.append(a_subscription(number, "early", item, **facts, **charge, **dates))


def test_before_its_billing_start_nothing_of_an_order_is_posted() -> None:
    at = a_world()
    add_an_order_that_starts_later(at, date(2026, 3, 10), midnight(date(2026, 3, 10)))
    assert broken(at) == {}


def test_what_is_due_just_now_may_not_be_posted_yet() -> None:
    at = a_world()
    add_an_order_that_starts_later(at, NOW.date(), NOW - timedelta(seconds=50))
    assert broken(at) == {}


def test_a_subscription_that_has_ended_is_due_never() -> None:
    at = a_world()
    edit(at.subscriptions, {"subscription_id": 7}, to_date=MARCH, due_at=None)
    assert broken(at) == {}


def test_what_was_posted_beyond_an_end_is_taken_back() -> None:
    """The month is reversed, and its part up to the end posted anew."""
    at = a_world()
    middle, charge = date(2026, 2, 15), at.subscriptions[6]
    edit(at.subscriptions, {"subscription_id": 7}, to_date=middle, posted_to=middle, due_at=None)
    part = a_posting(16, charge, "0.38", from_date=FEBRUARY, to_date=middle, days_in_period=28, reason="end")
    post(at, a_reversal(15, at.postings[13], reason="end"), part)
    assert broken(at) == {}


@pytest.mark.parametrize("posting", [1, 8, 9, 10, 14])
def test_what_people_have_credited_is_not_posted_anew(posting: int) -> None:
    at = a_world()
    post(at, a_reversal(15, at.postings[posting - 1], reason="credit"))
    assert broken(at) == {}


def test_a_whole_subscription_may_be_credited() -> None:
    at = a_world()
    post(at, *(a_reversal(15 + n, at.postings[stale], reason="credit") for n, stale in enumerate((8, 13))))
    assert broken(at) == {}


def test_of_what_was_credited_what_reaches_farthest_counts() -> None:
    """The month was credited, and a part of it that an earlier end had left, before the end was moved again."""
    at = a_world()
    part = a_posting(16, at.subscriptions[6], "0.38", from_date=FEBRUARY, to_date=date(2026, 2, 15), reason="end")
    post(at, a_reversal(15, at.postings[13], reason="credit"), part, a_reversal(17, part, reason="credit"))
    assert broken(at) == {}


def test_what_was_credited_may_be_of_days_that_are_not_charged_any_more() -> None:
    """The billing start was moved to a later day."""
    at = a_world()
    stub = a_posting(16, at.subscriptions[6], "0.48", from_date=PROVEN, reason="change")
    post(at, a_reversal(15, at.postings[8], reason="credit"), stub)
    edit(at.subscriptions, {"subscription_id": 7}, from_date=PROVEN)
    edit(at.billing, {"order_id": "trunking"}, billing_start=PROVEN)
    assert broken(at) == {}


def test_what_is_charged_by_use_has_no_subscription() -> None:
    at = a_world()
    at.order_items.append(an_item("hosted", "4", "Fax Overage Service", fulfilment="billing"))
    assert broken(at) == {}


def test_what_was_posted_by_hand_has_no_subscription_and_maybe_no_order() -> None:
    at = a_world()
    by_hand = {"subscription_id": None, "reason": "manual", "line": 0, "item_id": ""}
    charge = a_posting(15, at.subscriptions[1], "75.00", **by_hand)
    of_none = a_posting(16, at.subscriptions[1], "-75.00", quantity=-1, order_id="", run=0, **by_hand)
    post(at, charge, of_none, a_reversal(17, charge))
    assert broken(at) == {}


def test_what_was_posted_by_hand_may_be_of_a_day_or_of_none() -> None:
    at = a_world()
    by_hand = {"subscription_id": None, "reason": "manual", "quantity": 1}
    a_day = a_posting(15, at.subscriptions[0], "0.32", to_date=date(2026, 1, 6), **by_hand)
    undated = {"to_date": None, "days": None, "days_in_period": None}
    post(at, a_day, a_day._replace(posting=16, amount=Decimal("9.95"), **undated))
    assert broken(at) == {}


def test_a_reversal_of_nothing_is_nothing() -> None:
    at = a_world()
    free = {"subscription_id": None, "reason": "manual", "unit_price": Decimal(0)}
    charge = a_posting(15, at.subscriptions[1], "0.00", **free)
    post(at, charge, a_reversal(16, charge))
    assert broken(at) == {}


def test_what_earlier_releases_have_published_has_no_numbers() -> None:
    at = a_world()
    at.published = [a_published_line(one, posting=None) for one in at.postings]
    assert broken(at) == {}


def test_what_a_broker_has_forgotten_need_not_be_on_its_topics() -> None:
    at = a_world()
    at.published, at.published_since = [], NOW + timedelta(seconds=1)
    assert broken(at) == {}


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
