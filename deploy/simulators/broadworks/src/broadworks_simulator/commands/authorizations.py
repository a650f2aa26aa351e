"""Who may use which service, and how many: granted to a service provider, then by it to a group."""

from collections.abc import Iterable

from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import (
    PACK_IN_USE,
    PACK_NOT_FOUND,
    SERVICE_IN_USE,
    SERVICE_NOT_AUTHORIZED,
    SERVICE_QUANTITY_EXCEEDED,
    Problem,
    Refusal,
)
from broadworks_simulator.schema.fields import Fields
from broadworks_simulator.schema.particles import many
from broadworks_simulator.schema.structures import (
    GROUP_SERVICE_AUTHORIZATION,
    IDS,
    PACK_AUTHORIZATION,
    PROVIDER,
    USER_SERVICE_AUTHORIZATION,
)
from broadworks_simulator.state import Enterprise, Group, Quantity

COMMANDS = Commands()
_SERVICES = (
    many("groupServiceAuthorization", GROUP_SERVICE_AUTHORIZATION),
    many("userServiceAuthorization", USER_SERVICE_AUTHORIZATION),
)
Wanted = dict[str, Quantity]


class Wishes:
    """A list of authorisation items, told apart: what to grant and what to take back."""

    def __init__(self, items: Iterable[Fields], name: str = "serviceName") -> None:
        self.granted: Wanted = {}
        self.revoked: list[str] = []
        for item in items:
            amount = item.part("authorizedQuantity")
            if amount is not None:
                self.granted[item.text(name)] = read_quantity(amount)
            elif item.flag("unauthorized"):
                self.revoked.append(item.text(name))

    def apply(self, authorizations: Wanted) -> None:
        authorizations.update(self.granted)
        for name in self.revoked:
            authorizations.pop(name, None)

    def refuse_revoking(self, in_use: set[str], problem: Problem = SERVICE_IN_USE) -> None:
        for name in self.revoked:
            if name in in_use:
                raise Refusal(problem, name)


def read_quantity(amount: Fields) -> Quantity:
    return amount.number("quantity") if amount.has("quantity") else None


@COMMANDS.changes("ServiceProviderServiceModifyAuthorizationListRequest", elements=(*PROVIDER, *_SERVICES))
def authorize_provider(call: Call) -> None:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    groups = list(enterprise.groups.values())
    of_groups = Wishes(call.fields.parts("groupServiceAuthorization"))
    of_users = Wishes(call.fields.parts("userServiceAuthorization"))
    of_groups.refuse_revoking({name for group in groups for name in group.group_authorizations})
    packed = {name for pack in enterprise.packs.values() for name in pack.services}
    of_users.refuse_revoking(packed | {name for group in groups for name in group.user_authorizations})
    for name, quantity in of_groups.granted.items():
        _check_quantity(name, quantity, [group.group_authorizations for group in groups])
    for name, quantity in of_users.granted.items():
        _check_quantity(name, quantity, [group.user_authorizations for group in groups])
    of_groups.apply(enterprise.group_authorizations)
    of_users.apply(enterprise.user_authorizations)


@COMMANDS.changes(
    "GroupServiceModifyAuthorizationListRequest",
    elements=(*IDS, many("servicePackAuthorization", PACK_AUTHORIZATION), *_SERVICES),
)
def authorize_group(call: Call) -> None:
    group = call.system.group(call.fields.text("serviceProviderId"), call.fields.text("groupId"))
    enterprise = call.system.enterprise(group.enterprise_id)
    others = [other for other in enterprise.groups.values() if other is not group]
    packs = Wishes(call.fields.parts("servicePackAuthorization"), "servicePackName")
    of_group = Wishes(call.fields.parts("groupServiceAuthorization"))
    of_users = Wishes(call.fields.parts("userServiceAuthorization"))
    _check_packs(enterprise, group, packs)
    _check_granted(of_group.granted, enterprise.group_authorizations, [other.group_authorizations for other in others])
    _check_granted(of_users.granted, enterprise.user_authorizations, [other.user_authorizations for other in others])
    of_group.refuse_revoking(set(group.services))
    of_users.refuse_revoking({name for user in group.users.values() for name in user.services})
    packs.apply(group.pack_authorizations)
    of_group.apply(group.group_authorizations)
    of_users.apply(group.user_authorizations)


def _check_packs(enterprise: Enterprise, group: Group, packs: Wishes) -> None:
    for name in (*packs.granted, *packs.revoked):
        if name not in enterprise.packs:
            raise Refusal(PACK_NOT_FOUND, name)
    packs.refuse_revoking({name for user in group.users.values() for name in user.packs}, PACK_IN_USE)
    for name, quantity in packs.granted.items():
        others = [other.pack_authorizations for other in enterprise.groups.values() if other is not group]
        _check_quantity(name, enterprise.packs[name].quantity, [*others, {name: quantity}])


def _check_granted(granted: Wanted, available: Wanted, others: list[Wanted]) -> None:
    for name, quantity in granted.items():
        if name not in available:
            raise Refusal(SERVICE_NOT_AUTHORIZED, name)
        _check_quantity(name, available[name], [*others, {name: quantity}])


def _check_quantity(name: str, available: Quantity, allocations: list[Wanted]) -> None:
    allocated = sum(allocation.get(name) or 0 for allocation in allocations)
    if available is not None and allocated > available:
        raise Refusal(SERVICE_QUANTITY_EXCEEDED, name)
