"""What breaks no rule: what moves, what was there before us, and what a living order has its right to."""

from datetime import timedelta
from decimal import Decimal

from dialtone.invariants.broadworks import Group, GroupNumber
from dialtone.invariants.rows import Act

from .changes import broken, drop, edit, group, order
from .made import (
    MARCH,
    NOW,
    START,
    a_backorder,
    a_given_number,
    a_letter,
    a_message,
    a_number,
    a_published_line,
    a_subscription,
    a_user,
    midnight,
)
from .world import a_world


def test_orders_that_moved_meanwhile_are_not_judged() -> None:
    """Whatever is read of an order while it goes on may not fit together."""
    at = a_world()
    at.settled.clear()
    edit(at.effects, {"order_id": "fallen", "key": "group"}, state="done")
    edit(at.billing, {"order_id": "going"}, state="started")
    drop(at.billing, order_id="hosted")
    edit(at.tickets, {"ticket_id": 1}, state="inProgress")
    drop(at.letters, dl_id="fallen-1")
    group(at).numbers["+7"] = GroupNumber()
    group(at).users.clear()
    at.broadworks.enterprises["sp-1"].groups["g-fallen"] = Group()
    group(at).numbers["+6"] = GroupNumber()
    at.numbers.append(a_number("+6", "fallen", "reserved"))
    edit(at.billing, {"order_id": "trunking"}, numbers_at_start=1)
    at.subscriptions.append(a_subscription(8, "trunking", "1", from_date=MARCH, due_at=midnight(MARCH)))
    at.subscriptions.append(a_subscription(9, "going", "9", from_date=MARCH, due_at=midnight(MARCH)))
    edit(at.order_numbers, {"order_id": "hosted"}, trunking=True)
    edit(at.subscriptions, {"item_id": "numbers"}, from_date=START)
    edit(at.postings, {"posting": 6}, from_date=START, days=27, amount=Decimal("1.00"))
    at.published = [a_published_line(at.postings[0], posting=99)]
    at.messages["ticketing"] = [a_message("outbox", "going", "not sent", NOW - timedelta(minutes=2))]
    assert broken(at) == {}


def test_a_number_without_an_owner_is_no_alarm_while_any_order_moves() -> None:
    at = a_world()
    group(at).numbers["+7"] = GroupNumber()
    at.settled.remove("going")
    assert broken(at) == {}


def test_an_order_before_the_pivot_may_have_no_numbers_left() -> None:
    """Its undo gives them back before it says so."""
    at = a_world()
    at.order_numbers.append(a_given_number("going", "+7"))
    assert broken(at) == {}


def test_held_numbers_are_of_an_order() -> None:
    at = a_world()
    at.numbers.append(a_number("+6", "going", "held"))
    assert broken(at) == {}


def test_a_dead_letter_may_be_edited_and_replayed() -> None:
    at = a_world()
    edit(at.acts, {"dl_id": "hosted-1"}, action="edit and replay")
    assert broken(at) == {}


def test_a_dead_letter_may_be_discarded() -> None:
    at = a_world()
    order(at, "fallen", state="failed")
    edit(at.letters, {"dl_id": "fallen-1"}, state="discarded")
    at.acts.append(Act("fallen", "fallen-1", "ops", "discard", "hopeless", NOW))
    assert broken(at) == {}


def test_numbers_may_be_on_the_way_from_reserved_when_an_item_is_completed() -> None:
    at = a_world()
    order(at, "hosted", state="inProgress", phase="running", due=NOW + timedelta(minutes=1))
    drop(at.tickets, ticket_id=1)
    edit(at.numbers, {"number": "+1"}, status="reserved")
    assert broken(at) == {}


def test_a_message_may_be_unsent_for_a_moment() -> None:
    at = a_world()
    at.messages["catalog"] = [a_message("outbox", "going", "not sent", NOW - timedelta(seconds=50))]
    assert broken(at) == {}


def test_a_message_that_cannot_be_sent_waits_for_an_operator_by_its_dead_letter() -> None:
    at = a_world()
    at.letters.append(a_letter("dl-9", "going", "open", "unsendable"))
    at.messages["catalog"] = [a_message("unsendable", "going", "unsendable dl-9", NOW - timedelta(days=2))]
    assert broken(at) == {}


def test_a_message_that_goes_out_needs_no_cause() -> None:
    at = a_world()
    at.messages["catalog"] = [a_message("outbox", "going", None)]
    assert broken(at) == {}


def test_a_backorder_may_wait_filled_or_closed_or_for_a_living_order() -> None:
    at = a_world()
    at.backorders += [a_backorder("trunking", 5), a_backorder("fallen", 0)]
    at.backorders += [a_backorder(name, 5, cancelled=True) for name in ("fallen", "hosted")]
    assert broken(at) == {}


def test_a_partial_order_has_items_that_failed() -> None:
    at = a_world()
    order(at, "hosted", state="partial")
    edit(at.order_items, {"item_id": "3"}, state="failed")
    assert broken(at) == {}


def test_an_undone_order_may_still_say_what_it_had() -> None:
    at = a_world()
    at.order_users.append(a_user("fallen", "u-1"))
    assert broken(at) == {}
