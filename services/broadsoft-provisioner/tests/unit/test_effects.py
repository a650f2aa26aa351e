"""Element order is significant in OCI: each command is held against the order its interface declares."""

from collections.abc import Callable

from broadsoft_provisioner.domain.packages import Packages
from broadsoft_provisioner.domain.plan import Plan, plan
from broadsoft_provisioner.domain.readback import READBACKS
from broadsoft_provisioner.domain.sequence import RANK, STAGE
from broadsoft_provisioner.domain.survey import EnterpriseSeen, GroupSeen, Survey
from contracts.broadsoft import ProvisionGroup, Seats

Order = Callable[..., ProvisionGroup]
IDS = ("serviceProviderId", "groupId")
ADDRESSED = ("contact", "address")
AUTHORISATIONS = ("groupServiceAuthorization", "userServiceAuthorization")
NUMBERS = ("phoneNumber", "dnRange")

DECLARED: dict[str, tuple[str, ...]] = {
    "SystemDomainAddRequest": ("domain", "resellerId"),
    "SystemDomainDeleteRequest": ("domain",),
    "ServiceProviderAddRequest13mp2": (
        *("isEnterprise", "serviceProviderId", "defaultDomain", "serviceProviderName", "supportEmail", *ADDRESSED),
    ),
    "ServiceProviderDeleteRequest": ("serviceProviderId",),
    "ServiceProviderDomainAssignListRequest": ("serviceProviderId", "domain"),
    "ServiceProviderDomainUnassignListRequest": ("serviceProviderId", "domain"),
    "ServiceProviderServiceModifyAuthorizationListRequest": ("serviceProviderId", *AUTHORISATIONS),
    "ServiceProviderServicePackAddRequest": (
        *("serviceProviderId", "servicePackName", "servicePackDescription"),
        *("isAvailableForUse", "servicePackQuantity", "serviceName"),
    ),
    "ServiceProviderServicePackDeleteRequest": ("serviceProviderId", "servicePackName"),
    "ServiceProviderDnAddListRequest": ("serviceProviderId", *NUMBERS),
    "ServiceProviderDnDeleteListRequest": ("serviceProviderId", *NUMBERS),
    "GroupAddRequest": (
        *(*IDS, "defaultDomain", "userLimit", "groupName", "callingLineIdName", "timeZone", "locationDialingCode"),
        *ADDRESSED,
    ),
    "GroupDeleteRequest": IDS,
    "GroupDomainAssignListRequest": (*IDS, "domain"),
    "GroupDomainUnassignListRequest": (*IDS, "domain"),
    "GroupDnAssignListRequest": (*IDS, *NUMBERS),
    "GroupDnUnassignListRequest": (*IDS, *NUMBERS),
    "GroupDnActivateListRequest": (*IDS, *NUMBERS),
    "GroupDnDeactivateListRequest": (*IDS, *NUMBERS),
    "GroupExtensionLengthModifyRequest17": (
        *(*IDS, "minExtensionLength", "maxExtensionLength", "defaultExtensionLength"),
        "useEnterpriseExtensionLengthSetting",
    ),
    "GroupServiceModifyAuthorizationListRequest": (*IDS, "servicePackAuthorization", *AUTHORISATIONS),
    "GroupServiceAssignListRequest": (*IDS, "serviceName"),
    "GroupServiceUnassignListRequest": (*IDS, "serviceName"),
    "UserAddRequest22V2": (
        *(*IDS, "userId", "lastName", "firstName", "callingLineIdLastName", "callingLineIdFirstName"),
        *("nameDialingName", "hiraganaLastName", "hiraganaFirstName", "phoneNumber", "extension"),
        *("callingLineIdPhoneNumber", "password", "department", "language", "timeZone", "alias"),
    ),
    "UserDeleteRequest": ("userId",),
    "UserServiceAssignListRequest": ("userId", "serviceName", "servicePackName"),
    "UserServiceUnassignListRequest": ("userId", "serviceName", "servicePackName"),
}


def everything(order: Order, packages: Packages) -> Plan:
    items = (
        Seats(package="Enterprise Basic", quantity=1, seats=1),
        Seats(package="Voice Mail Add On", quantity=1),
        Seats(package="Hunt Group", quantity=1),
    )
    group = {"contact_name": "Ada Lovelace of the Analytical Engines", "contact_email": "ada@acme.example"}
    new = plan(order(new_enterprise=True, items=items, numbers=("+12025550101",), group=group), packages, Survey())
    seen = Survey(enterprise=EnterpriseSeen("Acme"), group=GroupSeen("Acme HQ"))
    added = plan(order(new_group=False, items=items), packages, seen)
    assert isinstance(new, Plan)
    assert isinstance(added, Plan)
    return Plan((*new.effects, *added.effects), new.uses)


def test_every_element_stands_where_the_interface_declares_it(order: Order, packages: Packages) -> None:
    sent = [
        command for effect in everything(order, packages).effects for command in (effect.do, effect.undo) if command
    ]
    assert {command.name for command in sent} == set(DECLARED)
    for command in sent:
        places = [DECLARED[command.name].index(tag) for tag, _ in command.elements]
        assert places == sorted(places), command.name


def test_every_effect_has_a_place_in_the_order_and_a_way_to_be_read_back(order: Order, packages: Packages) -> None:
    for effect in everything(order, packages).effects:
        assert effect.do.name in STAGE
        assert READBACKS[effect.do.name].asks(effect.do)
        assert effect.inside if effect.undo is None else effect.undo.name in RANK


def test_descriptive_texts_are_clipped_to_their_limits(order: Order, packages: Packages) -> None:
    group = next(effect for effect in everything(order, packages).effects if effect.key == "group")
    assert next(group.do.nested("contact")) == {
        "contactName": "Ada Lovelace of the Analytical",
        "contactEmail": "ada@acme.example",
    }


def test_no_plan_holds_a_password(order: Order, packages: Packages) -> None:
    user = next(effect for effect in everything(order, packages).effects if effect.key == "user 1001")
    assert user.do.needs_secret
    assert user.do.text("password") == ""
    assert user.do.with_secret("s3cret").text("password") == "s3cret"
