"""Invariant 2 for what orders share in BroadWorks: domains, service packs, authorisations, services of a group.

The ledger keeps a shared thing while another order uses it. Uses are named `kind:owner:name`, where the owner is an
enterprise, an enterprise and a group, or left out; see broadsoft-provisioner.
"""

from collections.abc import Iterator

from dialtone.invariants.broadworks import BroadWorks, Enterprise, Group
from dialtone.invariants.rows import Effect
from dialtone.invariants.snapshot import Snapshot, by_order

ADD_PACK = "ServiceProviderServicePackAddRequest"
AUTHORISED = ("servicePackAuthorization", "groupServiceAuthorization", "userServiceAuthorization")
# What the effects of a command may be used as: the kinds, and whether the owner is nobody, an enterprise or a group.
USED_AS: dict[str, tuple[tuple[str, ...], int]] = {
    "SystemDomainAddRequest": (("domain",), 0),
    "ServiceProviderDomainAssignListRequest": (("domain",), 1),
    "ServiceProviderServiceModifyAuthorizationListRequest": (AUTHORISED[1:], 1),
    "GroupDomainAssignListRequest": (("domain",), 2),
    "GroupServiceModifyAuthorizationListRequest": (AUTHORISED, 2),
    "GroupServiceAssignListRequest": (("serviceName",), 2),
}


def shared_things_go(at: Snapshot) -> Iterator[str]:
    """The ledger does not tell the names inside a list: there, any use of the same kind at the same owner counts."""
    living = {use.resource for use in at.uses if at.living(use.order_id)}
    kinds = {(resource.split(":")[0], _owner(resource)) for resource in living}
    for effect in at.effects:
        order = at.judged_order(effect.order_id)
        if order is None or not order.undone or not _is_left(at.broadworks, effect):
            continue
        used = pack_of(effect) in living if effect.command == ADD_PACK else any(use in kinds for use in _uses(effect))
        if not used:
            yield f"{effect.key} of {order.order_id} ({order.state}) is left in BroadWorks and no living order uses it"


def shared_things_stay(at: Snapshot) -> Iterator[str]:
    uses = by_order(at.uses)
    for order in at.judged():
        if order.standing:
            found = {use.resource for use in uses.get(order.order_id, ())}
            if gone := sorted(resource for resource in found if not is_there(at.broadworks, resource)):
                yield f"{order.order_id} relies on what is gone from BroadWorks: {', '.join(gone)}"


def _is_left(broadworks: BroadWorks, effect: Effect) -> bool:
    """A pack has a name, so it is looked for; of other things the ledger says that they were kept."""
    if effect.command == ADD_PACK:
        return effect.state != "found" and is_there(broadworks, pack_of(effect))
    if effect.state != "kept" or effect.command not in USED_AS:
        return False
    inside = USED_AS[effect.command][1]
    if inside == 1:
        return effect.service_provider_id in broadworks.enterprises
    return inside == 0 or broadworks.group(effect.service_provider_id, effect.group_id) is not None


def pack_of(effect: Effect) -> str:
    return f"pack:{effect.service_provider_id}:{effect.key.removeprefix('pack ')}"


def _uses(effect: Effect) -> list[tuple[str, str]]:
    kinds, inside = USED_AS[effect.command]
    owner = ":".join(filter(None, (effect.service_provider_id, effect.group_id)[:inside]))
    return [(kind, owner) for kind in kinds]


def _owner(resource: str) -> str:
    return ":".join(resource.split(":")[1:-1])


def is_there(broadworks: BroadWorks, resource: str) -> bool:
    """Names are compared as BroadWorks does: without regard to case."""
    kind, *owner, name = resource.split(":")
    enterprise = broadworks.enterprises.get(owner[0]) if owner else None
    group = enterprise.groups.get(owner[1]) if enterprise and len(owner) > 1 else None
    if not owner:
        return name in broadworks.enterprises if kind == "enterprise" else _holds(broadworks.domains, name)
    if enterprise is None or (group is None and len(owner) > 1):
        return False
    if kind == "group":
        return name in enterprise.groups
    return _holds(_of_group(group, kind) if group else _of_enterprise(enterprise, kind), name)


def _of_enterprise(enterprise: Enterprise, kind: str) -> list[str]:
    return {
        "domain": enterprise.domains,
        "pack": list(enterprise.packs),
        "groupServiceAuthorization": list(enterprise.services.group),
        "userServiceAuthorization": list(enterprise.services.user),
    }.get(kind, [])


def _of_group(group: Group, kind: str) -> list[str]:
    return {
        "domain": group.domains,
        "serviceName": group.services,
        "servicePackAuthorization": list(group.authorizations.packs),
        "groupServiceAuthorization": list(group.authorizations.group),
        "userServiceAuthorization": list(group.authorizations.user),
    }.get(kind, [])


def _holds(names: list[str], name: str) -> bool:
    return name.casefold() in {one.casefold() for one in names}
