"""What breaks no rule: what moves, what was there before us, and what a living order has its right to."""

from datetime import timedelta

from dialtone.invariants.broadworks import Group, GroupNumber, Pack, User
from dialtone.invariants.checker import check

from .changes import broken, drop, edit, group, order, use
from .made import NOW, STANDARD, a_charge, a_message, a_number, an_effect
from .world import ADD_PACK, ADD_USER, a_world


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
    at.numbers.append(a_number("+6", "fallen", "reserved"))
    at.order_items.clear()
    at.messages["ticketing"] = [a_message("outbox", "going", "not sent", NOW - timedelta(minutes=2))]
    assert broken(at) == {}


def test_a_number_without_an_owner_is_no_alarm_while_any_order_moves() -> None:
    at = a_world()
    group(at).numbers["+7"] = GroupNumber()
    at.settled.remove("going")
    assert broken(at) == {}


def test_what_was_in_broadworks_before_us_is_not_judged() -> None:
    at = a_world()
    theirs, ours = at.broadworks.enterprises["sp-2"], at.broadworks.enterprises["sp-1"]
    theirs.groups["more"] = Group(users={"x": User()}, numbers={"+99": GroupNumber()})
    ours.groups["theirs"] = Group(numbers={"+98": GroupNumber()})
    ours.numbers.append("+98")
    ours.packs["Theirs"] = Pack()
    assert broken(at) == {}


def test_a_group_stays_when_another_order_has_its_right_to_it() -> None:
    """add-services for a group that was built before, refused: the group is not what it left."""
    at = a_world()
    order(at, "fallen", group_id="g-hosted")
    edit(at.workplaces, {"order_id": "fallen"}, group_id="g-hosted")
    assert broken(at) == {}


def test_an_adopted_enterprise_stays_whatever_becomes_of_its_orders() -> None:
    at = a_world()
    order(at, "fallen", service_provider_id="sp-2")
    edit(at.workplaces, {"order_id": "fallen"}, service_provider_id="sp-2")
    assert broken(at) == {}


def test_a_shared_thing_stays_while_a_living_order_uses_it() -> None:
    at = a_world()
    at.effects.append(an_effect("fallen", 9, f"pack {STANDARD}", "kept", ADD_PACK, group_id=None))
    at.effects.append(an_effect("fallen", 10, "group services", "kept", "GroupServiceAssignListRequest"))
    use(at, "going", "serviceName:sp-1:g-fallen:Auto Attendant")
    assert broken(at) == {}


def test_what_went_with_its_enterprise_or_group_is_not_left() -> None:
    at = a_world()
    gone = {"service_provider_id": "sp-7", "group_id": None}
    at.effects.append(
        an_effect("fallen", 9, "enterprise domain", "kept", "ServiceProviderDomainAssignListRequest", **gone)
    )
    at.effects.append(an_effect("fallen", 10, "group services", "kept", "GroupServiceAssignListRequest"))
    at.effects.append(an_effect("fallen", 11, "extension length", "kept", "GroupExtensionLengthModifyRequest17"))
    assert broken(at) == {}


def test_a_user_of_an_undone_order_may_be_built_again_by_a_living_one() -> None:
    at = a_world()
    at.effects.append(an_effect("fallen", 9, "user 1001", "undone", ADD_USER, user_id="u-1", group_id="g-hosted"))
    assert broken(at) == {}


def test_where_an_order_may_be_building_its_users_are_not_counted_as_left() -> None:
    at = a_world()
    edit(at.effects, {"user_id": "u-5"}, group_id="g-hosted")
    group(at).users["u-5"] = User()
    order(at, "going", group_id="g-hosted")
    assert broken(at) == {}


def test_an_order_that_is_being_undone_may_have_lost_what_it_built() -> None:
    at = a_world()
    order(at, "going", state="inProgress", phase="undoing")
    at.effects.append(an_effect("going", 1, "user 1001", "done", ADD_USER, user_id="u-4"))
    use(at, "going", "group:sp-1:g-going")
    assert broken(at) == {}


def test_a_charge_that_was_taken_back_may_be_dated_before_the_billing_start() -> None:
    """The billing start was moved to a later date: reversed, and posted anew."""
    at = a_world()
    early = {"run": 2, "package": "Auto Attendant", "kind": "NRC", "from_date": NOW.date() - timedelta(days=3)}
    at.charges.append(a_charge("hosted", 7, "2", **early))
    at.charges.append(a_charge("hosted", 8, "2", quantity=-1, **early))
    assert check(at).broken() == []


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
