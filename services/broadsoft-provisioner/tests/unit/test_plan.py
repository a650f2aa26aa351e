from collections.abc import Callable

from broadsoft_provisioner.domain.packages import Packages
from broadsoft_provisioner.domain.plan import Plan, plan, plan_numbers
from broadsoft_provisioner.domain.sequence import documents
from broadsoft_provisioner.domain.survey import EnterpriseSeen, GroupSeen, NumberSeen, Survey, UserSeen
from contracts.broadsoft import AddNumbers, ProvisionGroup, Seats

Order = Callable[..., ProvisionGroup]
STANDING = Survey(enterprise=EnterpriseSeen("Acme"), enterprise_domains=frozenset({"acme.example"}))


def planned(command: ProvisionGroup, packages: Packages, seen: Survey) -> Plan:
    result = plan(command, packages, seen)
    assert isinstance(result, Plan), result
    return result


def refusal(command: ProvisionGroup, packages: Packages, seen: Survey) -> str:
    result = plan(command, packages, seen)
    assert not isinstance(result, Plan)
    return result.code


def test_a_new_enterprise_with_five_seats_takes_four_documents(order: Order, packages: Packages) -> None:
    items = (Seats(package="Enterprise Premium", quantity=5, seats=5),)
    made = planned(order(new_enterprise=True, items=items, numbers=("+12025550101",)), packages, Survey())
    keys = [[effect.key for effect in document] for document in documents(made.effects, lambda effect: effect.do.name)]
    assert keys == [
        ["domain", "enterprise"],
        ["enterprise services", "pack Enterprise Premium", "enterprise numbers", "group"],
        [
            *["group numbers", "active numbers", "extension length", "group authorisations", "group services"],
            *[f"user {extension}" for extension in range(1001, 1006)],
        ],
        [f"user {extension} services" for extension in range(1001, 1006)],
    ]


def test_nothing_is_done_to_a_thing_in_the_document_that_creates_it(order: Order, packages: Packages) -> None:
    creators = {"ServiceProviderAddRequest13mp2", "GroupAddRequest", "UserAddRequest22V2"}
    made = planned(order(new_enterprise=True, numbers=("+12025550101",)), packages, Survey())
    for document in documents(made.effects, lambda effect: effect.do.name):
        names = [effect.do.name for effect in document]
        first = next((place for place, name in enumerate(names) if name in creators), len(names))
        assert all(name in creators for name in names[first:])


def test_no_document_holds_more_than_fifteen_commands(order: Order, packages: Packages) -> None:
    items = (Seats(package="Enterprise Basic", quantity=40, seats=40),)
    made = planned(order(items=items), packages, STANDING)
    sizes = [len(document) for document in documents(made.effects, lambda effect: effect.do.name)]
    assert max(sizes) == 15
    assert sum(sizes) == len(made.effects)


def test_an_existing_enterprise_is_asked_only_for_what_it_lacks(order: Order, packages: Packages) -> None:
    basic = packages["Enterprise Basic"]
    ready = Survey(
        enterprise=STANDING.enterprise,
        enterprise_domains=STANDING.enterprise_domains,
        enterprise_services=frozenset([*basic.user_services, "Call Park"]),
        packs=frozenset({"Enterprise Basic"}),
        free_numbers=frozenset({"+12025550101"}),
    )
    made = planned(order(numbers=("+12025550101", "+12025550102")), packages, ready)
    by_key = {effect.key: effect for effect in made.effects}
    assert "domain" not in by_key
    assert "pack Enterprise Basic" not in by_key
    services = by_key["enterprise services"]
    assert services.do.elements == (
        ("serviceProviderId", "ACME"),
        (
            "groupServiceAuthorization",
            (("serviceName", "Call Pickup"), ("authorizedQuantity", (("unlimited", True),))),
        ),
    )
    assert services.undo
    assert services.undo.elements[1:] == (
        ("groupServiceAuthorization", (("serviceName", "Call Pickup"), ("unauthorized", True))),
    )
    assert by_key["enterprise numbers"].do.texts("phoneNumber") == ("+12025550102",)


def test_what_was_there_before_is_relied_on_but_not_in_the_ledger(order: Order, packages: Packages) -> None:
    made = planned(order(), packages, STANDING)
    assert "domain" not in [effect.key for effect in made.effects]
    assert {"domain:acme.example", "domain:ACME:acme.example", "enterprise:ACME"} <= made.uses


def test_numbers_go_to_desks_first_and_the_rest_stay_in_the_group(order: Order, packages: Packages) -> None:
    items = (
        Seats(package="Breakroom/Conference Room Phone User", quantity=1, seats=1),
        Seats(package="Standard Select Extensions", quantity=1, seats=1),
        Seats(package="Enterprise Basic", quantity=1, seats=1),
    )
    numbers = ("+12025550101", "+12025550102", "+12025550103")
    made = planned(order(items=items, numbers=numbers), packages, STANDING)
    users = {e.package: e.do.text("phoneNumber") for e in made.effects if e.do.name == "UserAddRequest22V2"}
    assert users == {
        "Breakroom/Conference Room Phone User": "+12025550102",
        "Standard Select Extensions": "",
        "Enterprise Basic": "+12025550101",
    }
    assert next(e for e in made.effects if e.key == "group numbers").do.texts("phoneNumber") == numbers


def test_a_service_sold_by_itself_goes_to_the_first_seats_that_lack_it(order: Order, packages: Packages) -> None:
    items = (
        Seats(package="Enterprise Premium", quantity=1, seats=1),
        Seats(package="Enterprise Basic", quantity=2, seats=2),
        Seats(package="Voice Mail Add On", quantity=1),
    )
    made = planned(order(items=items), packages, STANDING)
    extras = {e.key: e.do.texts("serviceName") for e in made.effects if e.do.name == "UserServiceAssignListRequest"}
    assert extras == {
        "user 1001 services": (),
        "user 1002 services": ("Voice Messaging User", "Third-Party MWI Control"),
        "user 1003 services": (),
    }


def test_an_existing_group_goes_on_after_its_extensions_and_keeps_its_lengths(order: Order, packages: Packages) -> None:
    seen = Survey(
        enterprise=STANDING.enterprise,
        enterprise_domains=STANDING.enterprise_domains,
        group=GroupSeen("Whatever people call it now"),
        group_domains=frozenset({"acme.example"}),
        group_numbers={"+12025550100": NumberSeen(activated=True, extension="103")},
        extension_lengths=("3", "3", "3"),
        users={"x": UserSeen("101", "Seat", "", "101")},
    )
    made = planned(order(new_group=False), packages, seen)
    keys = [effect.key for effect in made.effects]
    assert "user 104" in keys
    assert not {"group", "extension length", "group domain"} & set(keys)
    assert "group:ACME:HQ" in made.uses


def test_a_group_without_a_free_extension_is_a_refusal(order: Order, packages: Packages) -> None:
    seen = Survey(
        enterprise=STANDING.enterprise,
        group=GroupSeen("Acme HQ"),
        extension_lengths=("2", "2", "2"),
        users={"x": UserSeen("98", "Seat", "", "98")},
    )
    assert refusal(order(new_group=False), packages, seen) == "extensions-exhausted"


def test_packages_of_other_platforms_and_charges_need_nothing_here(order: Order, packages: Packages) -> None:
    items = (Seats(package="Unity Client", quantity=3), Seats(package="Shipping", quantity=1))
    made = planned(order(items=items), packages, STANDING)
    assert [effect.key for effect in made.effects] == ["group", "extension length"]


def test_our_own_rules_refuse_before_anything_is_sent(order: Order, packages: Packages) -> None:
    assert refusal(order(group={"group_id": "G" * 31}), packages, STANDING) == "not-provisionable"
    assert refusal(order(group={"domain": ""}), packages, STANDING) == "not-provisionable"
    assert refusal(order(group={"name": "a\x00b"}), packages, STANDING) == "not-provisionable"
    assert refusal(order(items=(Seats(package="Moon", quantity=1),)), packages, STANDING) == "unknown-package"
    assert refusal(order(items=(Seats(package="Hunt Group", quantity=1, seats=1),)), packages, STANDING) == "not-a-seat"


def test_an_enterprise_id_is_counted_in_bytes(order: Order, packages: Packages) -> None:
    command = order(new_enterprise=True)
    wide = command.enterprise.model_copy(update={"service_provider_id": "é" * 16})
    assert refusal(command.model_copy(update={"enterprise": wide}), packages, Survey()) == "not-provisionable"


def test_what_must_exist_and_what_must_not_are_checked_against_what_was_read(order: Order, packages: Packages) -> None:
    assert refusal(order(), packages, Survey()) == "enterprise-missing"
    assert refusal(order(new_group=False), packages, STANDING) == "group-missing"
    with_group = Survey(enterprise=STANDING.enterprise, group=GroupSeen("Acme HQ"))
    assert refusal(order(), packages, with_group) == "group-exists"
    other = Survey(enterprise=EnterpriseSeen("Somebody else"))
    assert refusal(order(new_enterprise=True), packages, other) == "broadworks-conflict"


def test_backordered_numbers_are_added_assigned_and_activated() -> None:
    command = AddNumbers(order_id="o-1", run=1, service_provider_id="ACME", group_id="HQ", numbers=("+12025550109",))
    made = plan_numbers(command, Survey(group=GroupSeen("Acme HQ")))
    assert isinstance(made, Plan)
    assert [effect.key for effect in made.effects] == [
        "enterprise numbers from +12025550109",
        "group numbers from +12025550109",
        "active numbers from +12025550109",
    ]
