"""What may be in BroadWorks or may be missing: the work of others, the rights of the living, what is on its way."""

from datetime import timedelta

from dialtone.invariants.broadworks import Authorizations, Group, GroupNumber, Pack, User
from dialtone.invariants.rows import Workplace

from .changes import broken, edit, group, order, use
from .made import NOW, STANDARD, a_given_number, a_user, an_effect
from .world import ADD_GROUP, ADD_PACK, ADD_USER, a_world

SERVICES = "ServiceProviderServiceModifyAuthorizationListRequest"


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


def test_where_an_order_moved_its_users_are_not_counted_as_left() -> None:
    at = a_world()
    edit(at.effects, {"user_id": "u-5"}, group_id="g-hosted")
    group(at).users["u-5"] = User()
    at.settled.remove("hosted")
    assert broken(at) == {}


def test_an_order_that_is_being_undone_may_have_lost_what_it_built() -> None:
    at = a_world()
    order(at, "going", state="inProgress", phase="undoing")
    at.effects.append(an_effect("going", 1, "user 1001", "done", ADD_USER, user_id="u-4"))
    use(at, "going", "group:sp-1:g-going")
    assert broken(at) == {}


def test_before_the_pivot_only_what_the_ledger_says_is_done_must_be_there() -> None:
    at = a_world()
    at.workplaces.append(Workplace("going", "sp-1", "g-going"))
    at.effects.append(an_effect("going", 1, "group", "intended", ADD_GROUP))
    at.effects.append(an_effect("going", 2, "pack Power User", "done", ADD_PACK, group_id=None))
    use(at, "going", "pack:sp-1:Power User")
    assert broken(at) == {}


def test_of_a_group_that_is_being_built_only_what_is_done_must_be_there() -> None:
    at = a_world()
    at.workplaces.append(Workplace("going", "sp-1", "g-going"))
    at.broadworks.enterprises["sp-1"].groups["g-going"] = Group()
    at.order_numbers.append(a_given_number("going", "+4"))
    at.order_users.append(a_user("going", "u-7"))
    at.effects += [
        an_effect("going", 1, "group", "done", ADD_GROUP),
        an_effect("going", 2, "user 1001", "intended", ADD_USER, user_id="u-7"),
        an_effect("going", 3, "user 1002 services", "done", "UserServiceAssignListRequest", user_id="u-8"),
    ]
    assert broken(at) == {}


def test_numbers_for_trunking_are_in_no_group() -> None:
    at = a_world()
    edit(at.order_numbers, {"number": "+2"}, trunking=True)
    edit(at.numbers, {"number": "+2"}, trunking=True)
    del group(at).numbers["+2"]
    at.broadworks.enterprises["sp-1"].numbers.remove("+2")
    assert broken(at) == {}


def test_a_delivered_number_may_be_on_its_way_into_the_group() -> None:
    at = a_world()
    order(at, "hosted", state="inProgress", phase="running", due=NOW + timedelta(minutes=1))
    del group(at).numbers["+2"]
    assert broken(at) == {}


def test_a_user_of_others_work_is_not_left() -> None:
    at = a_world()
    at.effects.append(an_effect("fallen", 9, "user 1009", "found", ADD_USER, user_id="u-9", group_id="g-hosted"))
    assert broken(at) == {}


def test_a_seat_without_the_service_needs_no_voice_mail_box() -> None:
    at = a_world()
    at.broadworks.enterprises["sp-1"].packs[STANDARD].services.clear()
    group(at).users["u-1"].voice_mail = False
    assert broken(at) == {}


def test_what_is_undone_or_of_a_living_order_is_not_left() -> None:
    at = a_world()
    at.effects.append(an_effect("fallen", 9, "enterprise services", "undone", SERVICES, group_id=None))
    at.effects.append(an_effect("hosted", 9, "enterprise services", "kept", SERVICES, group_id=None))
    assert broken(at) == {}


def test_shared_things_that_are_there_are_found() -> None:
    at = a_world()
    enterprise = at.broadworks.enterprises["sp-1"]
    enterprise.services = Authorizations(group={"Auto Attendant": "unlimited"}, user={"Privacy": 3})
    group(at).services.append("Auto Attendant")
    group(at).domains.append("customer.example")
    group(at).authorizations = Authorizations(
        group={"Auto Attendant": "unlimited"}, user={"Privacy": 3}, packs={STANDARD: 2}
    )
    for resource in (
        "groupServiceAuthorization:sp-1:Auto Attendant",
        "userServiceAuthorization:sp-1:PRIVACY",
        "domain:sp-1:g-hosted:Customer.Example",
        "serviceName:sp-1:g-hosted:Auto Attendant",
        f"servicePackAuthorization:sp-1:g-hosted:{STANDARD}",
        "groupServiceAuthorization:sp-1:g-hosted:Auto Attendant",
        "userServiceAuthorization:sp-1:g-hosted:Privacy",
    ):
        use(at, "hosted", resource)
    assert broken(at) == {}
