"""What breaks no rule of the ledger: what is not due yet, what people did by hand, what the broker cannot tell."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from dialtone.invariants.snapshot import Snapshot

from .changes import broken, edit, post
from .charged import SURCHARGE
from .made import (
    FEBRUARY,
    MARCH,
    NOW,
    PROVEN,
    a_billing,
    a_plan_line,
    a_posting,
    a_published_line,
    a_reversal,
    a_subscription,
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


def test_of_a_month_that_was_credited_a_part_may_be_posted_after_all() -> None:
    """The charge ends in the middle of it."""
    at = a_world()
    middle = date(2026, 2, 15)
    edit(at.subscriptions, {"subscription_id": 7}, to_date=middle, posted_to=middle, due_at=None)
    part = a_posting(16, at.subscriptions[6], "0.38", from_date=FEBRUARY, to_date=middle, days_in_period=28)
    post(at, a_reversal(15, at.postings[13], reason="credit"), part)
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


def test_what_is_billed_from_its_activation_may_begin_after_the_asked_start() -> None:
    at = a_world()
    activated = date(2026, 3, 10)
    add_an_order_that_starts_later(at, activated, midnight(activated))
    edit(at.billing, {"order_id": "early"}, billing_start=activated - timedelta(days=9), billed_from="activation")
    assert broken(at) == {}
