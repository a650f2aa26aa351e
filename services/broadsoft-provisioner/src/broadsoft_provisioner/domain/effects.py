"""Every effect an order may have in BroadWorks: what to send, and what takes it back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from broadsoft_provisioner.domain import limits
from broadsoft_provisioner.domain.naming import clip
from broadsoft_provisioner.domain.oci import SECRET, Command, Elements, repeated, subject
from contracts.broadsoft import Enterprise, Group
from contracts.names import folded

UNLIMITED: Elements = (("authorizedQuantity", (("unlimited", True),)),)
UNAUTHORISED: Elements = (("unauthorized", True),)


@dataclass(frozen=True, slots=True)
class Effect:
    """`key` is unique in an order and readable. `inside` is the effect whose undo takes this one with it.

    An effect without `undo` only makes sense inside another one.
    """

    key: str
    do: Command
    undo: Command | None = None
    inside: str = ""
    package: str = ""

    def doing(self, do: Command) -> "Effect":
        """The effect reduced to what is left to do; its undo loses the same items."""
        undo = self.undo
        for tag, value in self.do.elements:
            if undo and (tag, value) not in do.elements:
                undo = undo.without(tag, [subject(value)])
        return replace(self, do=do, undo=undo)


def _list_effect(key: str, do: str, undo: str, owner: Elements, items: Elements, inside: str = "") -> Effect:
    return Effect(key, Command(do, owner + items), Command(undo, owner + items), inside)


def system_domain(domain: str) -> Effect:
    """Domains are of the whole system: two enterprises may share one."""
    return _list_effect("domain", "SystemDomainAddRequest", "SystemDomainDeleteRequest", (("domain", domain),), ())


def enterprise(wanted: Enterprise, domain: str) -> Effect:
    """`domain` becomes its default domain and is assigned with it; it must exist in the system."""
    sp = ("serviceProviderId", wanted.service_provider_id)
    name = ("serviceProviderName", folded(wanted.name))
    return Effect(
        "enterprise",
        Command("ServiceProviderAddRequest13mp2", (("isEnterprise", True), sp, ("defaultDomain", domain), name)),
        Command("ServiceProviderDeleteRequest", (sp,)),
    )


def enterprise_domain(sp: str, domain: str) -> Effect:
    """For an enterprise that stands; a new one has its default domain by itself."""
    return _list_effect(
        "enterprise domain",
        "ServiceProviderDomainAssignListRequest",
        "ServiceProviderDomainUnassignListRequest",
        (("serviceProviderId", sp),),
        (("domain", domain),),
        inside="enterprise",
    )


def _authorise(services: Iterable[str], tag: str, how: Elements, name: str = "serviceName") -> Elements:
    return tuple((tag, ((name, service), *how)) for service in services)


def _authorisation(owner: Elements, parts: Sequence[tuple[str, str, Iterable[str]]], how: Elements) -> Elements:
    return owner + tuple(item for tag, name, values in parts for item in _authorise(values, tag, how, name))


def enterprise_services(sp: str, group_services: Sequence[str], user_services: Sequence[str]) -> Effect:
    """Without a limit of quantity. What is sold per seat is counted by the catalog, not by BroadWorks."""
    owner: Elements = (("serviceProviderId", sp),)
    parts = [
        ("groupServiceAuthorization", "serviceName", group_services),
        ("userServiceAuthorization", "serviceName", user_services),
    ]
    command = "ServiceProviderServiceModifyAuthorizationListRequest"
    return Effect(
        "enterprise services",
        Command(command, _authorisation(owner, parts, UNLIMITED)),
        Command(command, _authorisation(owner, parts, UNAUTHORISED)),
        inside="enterprise",
    )


def pack(sp: str, name: str, services: Sequence[str]) -> Effect:
    """Without a limit of quantity. One of that name that is there already is taken as it is."""
    owner: Elements = (("serviceProviderId", sp), ("servicePackName", name))
    facts: Elements = (("isAvailableForUse", True), ("servicePackQuantity", (("unlimited", True),)))
    return Effect(
        f"pack {name}",
        Command("ServiceProviderServicePackAddRequest", owner + facts + repeated("serviceName", services)),
        Command("ServiceProviderServicePackDeleteRequest", owner),
    )


def enterprise_numbers(sp: str, numbers: Sequence[str], batch: str = "") -> Effect:
    """Brings numbers (E.164) into the enterprise's pool, from which groups take them."""
    return _list_effect(
        f"enterprise numbers{batch}",
        "ServiceProviderDnAddListRequest",
        "ServiceProviderDnDeleteListRequest",
        (("serviceProviderId", sp),),
        repeated("phoneNumber", numbers),
    )


def ids(sp: str, group_id: str) -> Elements:
    """The two elements that begin every command about a group."""
    return (("serviceProviderId", sp), ("groupId", group_id))


def group(sp: str, wanted: Group) -> Effect:
    """The contact's name is cut to what BroadWorks holds (`limits`); the undo takes along all that is `inside`."""
    name = folded(wanted.name)
    contact = limits.present(
        ("contactName", clip(wanted.contact_name, limits.PERSON_NAME)), ("contactEmail", wanted.contact_email)
    )
    facts: Elements = (
        ("defaultDomain", wanted.domain.lower()),
        ("userLimit", limits.USER_LIMIT),
        ("groupName", name),
        ("callingLineIdName", name),
        *limits.present(("timeZone", wanted.time_zone)),
        *((("contact", contact),) if contact else ()),
    )
    owner = ids(sp, wanted.group_id)
    return Effect("group", Command("GroupAddRequest", owner + facts), Command("GroupDeleteRequest", owner))


def group_domain(sp: str, group_id: str, domain: str) -> Effect:
    """For a group that stands; a new one has its default domain by itself."""
    return _list_effect(
        "group domain",
        "GroupDomainAssignListRequest",
        "GroupDomainUnassignListRequest",
        ids(sp, group_id),
        (("domain", domain),),
        inside="group",
    )


def group_numbers(sp: str, group_id: str, numbers: Sequence[str], batch: str = "") -> Effect:
    """Takes numbers from the enterprise's pool. They ring only when `active_numbers` is done, too."""
    return _list_effect(
        f"group numbers{batch}",
        "GroupDnAssignListRequest",
        "GroupDnUnassignListRequest",
        ids(sp, group_id),
        repeated("phoneNumber", numbers),
    )


def active_numbers(sp: str, group_id: str, numbers: Sequence[str], batch: str = "") -> Effect:
    """An assigned number is not active by itself in BroadWorks."""
    return _list_effect(
        f"active numbers{batch}",
        "GroupDnActivateListRequest",
        "GroupDnDeactivateListRequest",
        ids(sp, group_id),
        repeated("phoneNumber", numbers),
    )


def extension_length(sp: str, group_id: str, length: int) -> Effect:
    """Shortest, longest and default are the same `length`, in digits. Has no undo: it goes with its group."""
    tags = ("minExtensionLength", "maxExtensionLength", "defaultExtensionLength")
    do = Command("GroupExtensionLengthModifyRequest17", ids(sp, group_id) + tuple((tag, length) for tag in tags))
    return Effect("extension length", do, inside="group")


def group_authorisations(
    sp: str, group_id: str, packs: Sequence[str], group_services: Sequence[str], user_services: Sequence[str]
) -> Effect:
    """What the group may use, packs before single services; the enterprise must be authorised first."""
    parts = [
        ("servicePackAuthorization", "servicePackName", packs),
        ("groupServiceAuthorization", "serviceName", group_services),
        ("userServiceAuthorization", "serviceName", user_services),
    ]
    command, owner = "GroupServiceModifyAuthorizationListRequest", ids(sp, group_id)
    return Effect(
        "group authorisations",
        Command(command, _authorisation(owner, parts, UNLIMITED)),
        Command(command, _authorisation(owner, parts, UNAUTHORISED)),
        inside="group",
    )


def group_services(sp: str, group_id: str, services: Sequence[str]) -> Effect:
    """A service of a group must be authorised before it is assigned."""
    return _list_effect(
        "group services",
        "GroupServiceAssignListRequest",
        "GroupServiceUnassignListRequest",
        ids(sp, group_id),
        repeated("serviceName", services),
        inside="group",
    )


def user(owner: Elements, user_id: str, extension: str, number: str, time_zone: str, package: str) -> Effect:
    """A seat: nobody sits on it yet, so its extension is its name. The password is filled in when it is sent."""
    do: Elements = (
        *owner,
        ("userId", user_id),
        ("lastName", extension),
        ("firstName", "Seat"),
        ("callingLineIdLastName", extension),
        ("callingLineIdFirstName", "Seat"),
        *limits.present(("phoneNumber", number)),
        ("extension", extension),
        (SECRET, ""),
        *limits.present(("timeZone", time_zone)),
    )
    undo = Command("UserDeleteRequest", (("userId", user_id),))
    return Effect(f"user {extension}", Command("UserAddRequest22V2", do), undo, package=package)


def user_services(user_id: str, extension: str, services: Sequence[str], packs: Sequence[str]) -> Effect:
    """In one command: single services and packs. The user must exist, and the group must be authorised."""
    return _list_effect(
        f"user {extension} services",
        "UserServiceAssignListRequest",
        "UserServiceUnassignListRequest",
        (("userId", user_id),),
        repeated("serviceName", services) + repeated("servicePackName", packs),
        inside=f"user {extension}",
    )
