"""Names of the things that orders share: an undo leaves what another order relies on."""

from collections.abc import Callable, Collection

from broadsoft_provisioner.domain.oci import Command, Value, subject

Namer = Callable[[Command], tuple[str, ...]]


def shared(do: Command) -> tuple[str, ...]:
    """What this command makes that another order may come to rely on. Numbers and users belong to one order."""
    namer = NAMERS.get(do.name)
    return namer(do) if namer else ()


def kept_from(undo: Command, do: Command, relied_on: Collection[str]) -> Command | None:
    """The undo without what others rely on; None when nothing of it is left to take back."""
    if any(name in relied_on for name in whole(do)):
        return None
    for tag in LISTS.get(do.name, ()):
        needed = [name for name in items(undo, tag) if resource(do, tag, name) in relied_on]
        undo = undo.without(tag, needed)
        if needed and not any(items(undo, other) for other in LISTS[do.name]):
            return None
    return undo


def whole(do: Command) -> tuple[str, ...]:
    """The names of what the command makes as one; none for a command that adds items to lists."""
    return () if do.name in LISTS else shared(do)


def items(command: Command, tag: str) -> list[str]:
    """What the list items of that name are about, in order."""
    return [subject(value) for name, value in command.elements if name == tag]


def resource(do: Command, tag: str, name: Value) -> str:
    """The name of one item of a list, unique in the system: `tag:enterprise:group:item`."""
    owner = ":".join(filter(None, (do.text("serviceProviderId"), do.text("groupId"))))
    return f"{tag}:{owner}:{name}"


def _list(do: Command) -> tuple[str, ...]:
    return tuple(resource(do, tag, name) for tag in LISTS[do.name] for name in items(do, tag))


def _domain(do: Command) -> tuple[str, ...]:
    return (f"domain:{do.text('domain').lower()}",)


def _enterprise(do: Command) -> tuple[str, ...]:
    return (f"enterprise:{do.text('serviceProviderId')}",)


def _pack(do: Command) -> tuple[str, ...]:
    return (f"pack:{do.text('serviceProviderId')}:{do.text('servicePackName')}",)


def _group(do: Command) -> tuple[str, ...]:
    return (f"group:{do.text('serviceProviderId')}:{do.text('groupId')}",)


AUTHORISATIONS = ("servicePackAuthorization", "groupServiceAuthorization", "userServiceAuthorization")
LISTS: dict[str, tuple[str, ...]] = {
    "ServiceProviderDomainAssignListRequest": ("domain",),
    "ServiceProviderServiceModifyAuthorizationListRequest": AUTHORISATIONS,
    "GroupDomainAssignListRequest": ("domain",),
    "GroupServiceModifyAuthorizationListRequest": AUTHORISATIONS,
    "GroupServiceAssignListRequest": ("serviceName",),
}
NAMERS: dict[str, Namer] = {
    "SystemDomainAddRequest": _domain,
    "ServiceProviderAddRequest13mp2": _enterprise,
    "ServiceProviderServicePackAddRequest": _pack,
    "GroupAddRequest": _group,
    **dict.fromkeys(LISTS, _list),
}
