"""What breaks no rule: what moves, what was there before us, and what a living order has its right to."""

from datetime import timedelta
from decimal import Decimal

import pytest

from dialtone.invariants.broadworks import Group, GroupNumber
from dialtone.invariants.checker import check
from dialtone.invariants.rows import Act, TicketAct

from .changes import broken, drop, edit, group, order, post
from .made import NOW, PROOF, a_backorder, a_charge, a_given_number, a_letter, a_message, a_number, a_user
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
    edit(at.charges, {"order_id": "trunking"}, state="posted")
    at.published = []
    at.messages["ticketing"] = [a_message("outbox", "going", "not sent", NOW - timedelta(minutes=2))]
    assert broken(at) == {}


def test_a_number_without_an_owner_is_no_alarm_while_any_order_moves() -> None:
    at = a_world()
    group(at).numbers["+7"] = GroupNumber()
    at.settled.remove("going")
    assert broken(at) == {}


def test_a_charge_that_was_taken_back_may_be_dated_before_the_billing_start() -> None:
    """The billing start was moved to a later date: reversed, and posted anew."""
    at = a_world()
    early = {"run": 2, "package": "Auto Attendant", "kind": "NRC", "from_date": NOW.date() - timedelta(days=3)}
    post(at, a_charge("hosted", 7, "2", **early), a_charge("hosted", 8, "2", quantity=-1, **early))
    assert check(at).broken() == []


def test_a_charge_that_was_taken_back_may_be_dated_after_the_billing_start() -> None:
    """The billing start was moved to an earlier date."""
    at = a_world()
    later = {"run": 2, "package": "Auto Attendant", "kind": "NRC", "from_date": NOW.date() + timedelta(days=3)}
    taken_back = a_charge("hosted", 8, "2", quantity=-1, amount=Decimal("-9.95"), **later)
    post(at, a_charge("hosted", 7, "2", **later), taken_back)
    assert check(at).broken() == []


def test_numbers_that_came_late_and_later_months_are_charged_from_later_on() -> None:
    at = a_world()
    later = {"run": 2, "from_date": NOW.date() + timedelta(days=3)}
    post(at, a_charge("hosted", 7, "numbers", **later), a_charge("hosted", 8, "1", first_period=False, **later))
    assert check(at).broken() == []


def test_from_when_an_item_that_cannot_be_is_charged_does_not_matter() -> None:
    """That it is charged at all is told already."""
    at = a_world()
    edit(at.tickets, {"ticket_id": 4}, outcome="cannot-do")
    edit(at.charges, {"item_id": "3"}, from_date=NOW.date() + timedelta(days=3))
    report = check(at)
    assert [one for one in report.broken() if one.startswith("3.")] == []
    assert "3b. trunking item 3 of hosted is charged and not delivered" in report.not_yet_held()


@pytest.mark.parametrize(("quantity", "amount"), [(-1, "-9.95"), (-1, "0"), (1, "0")])
def test_the_amount_of_a_line_may_be_nothing_or_taken_back_with_its_quantity(quantity: int, amount: str) -> None:
    at = a_world()
    edit(at.charges, {"package": "Auto Attendant"}, quantity=quantity, amount=Decimal(amount))
    assert "3d" not in broken(at)


def test_the_amount_of_a_line_that_is_not_posted_does_not_matter() -> None:
    at = a_world()
    edit(at.charges, {"order_id": "going"}, amount=Decimal("-9.95"))
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


def test_numbers_that_are_all_backordered_are_charged_later() -> None:
    at = a_world()
    edit(at.charges, {"item_id": "numbers"}, state="void")
    drop(at.published, line=4)
    assert broken(at) == {}


def test_an_order_whose_ticket_was_just_resolved_may_not_be_charged_yet() -> None:
    at = a_world()
    edit(at.tickets, {"ticket_id": 3}, state="resolved", **PROOF)
    at.ticket_acts.append(TicketAct(3, "ops", "resolved", "done", NOW))
    assert broken(at) == {}


def test_what_is_charged_by_use_has_no_line() -> None:
    at = a_world()
    drop(at.charges, order_id="hosted", item_id="3")
    drop(at.published, line=3)
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


def test_what_a_broker_has_forgotten_need_not_be_on_its_topics() -> None:
    at = a_world()
    at.published, at.published_since = [], NOW + timedelta(seconds=1)
    assert broken(at) == {}
