"""The authorisations of a service provider and of a group, as tables."""

from broadworks_simulator.commands.groups import asked_group
from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.enumerations import GROUP_SERVICES, USER_SERVICES
from broadworks_simulator.replies import Cell, Data, Table
from broadworks_simulator.schema.structures import IDS, PROVIDER
from broadworks_simulator.state import Enterprise, Group, Quantity

COMMANDS = Commands()
_OF_PROVIDER = (
    "Service Name",
    "Authorized",
    "Assigned",
    "Limited",
    "Quantity",
    "Allocated",
    "Licensed",
    "Service Pack Allocation",
)
_OF_GROUP = ("Service Name", "Authorized", "Assigned", "Limited", "Quantity", "Usage", "Licensed", "Allowed")
_OF_PACKS = ("Service Pack Name", "Authorized", "Assigned", "Limited", "Allocated", "Allowed", "Usage", "Description")
_NO_LIMIT = "Unlimited"

Row = tuple[Cell, ...]


@COMMANDS.reads("ServiceProviderServiceGetAuthorizationListRequest", elements=PROVIDER)
def provider_authorizations(call: Call) -> Data:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    groups = list(enterprise.groups.values())
    of_groups = [
        _provider_row(name, enterprise.group_authorizations, _in_groups(groups, name)) for name in GROUP_SERVICES
    ]
    of_users = [
        (*_provider_row(name, enterprise.user_authorizations, _in_users(groups, name)), True, True)
        for name in USER_SERVICES
    ]
    return Data(
        "ServiceProviderServiceGetAuthorizationListResponse",
        [
            Table("groupServicesAuthorizationTable", _OF_PROVIDER, of_groups),
            Table(
                "userServicesAuthorizationTable",
                (*_OF_PROVIDER, "User Assignable", "Service Pack Assignable"),
                of_users,
            ),
        ],
    )


def _provider_row(name: str, granted: dict[str, Quantity], allocated: list[Quantity]) -> Row:
    authorized = name in granted
    return (
        name,
        authorized,
        bool(allocated),
        *_amount(authorized, granted.get(name)),
        sum(quantity or 0 for quantity in allocated),
        True,
        0,
    )


def _in_groups(groups: list[Group], name: str) -> list[Quantity]:
    return [group.group_authorizations[name] for group in groups if name in group.group_authorizations]


def _in_users(groups: list[Group], name: str) -> list[Quantity]:
    return [group.user_authorizations[name] for group in groups if name in group.user_authorizations]


@COMMANDS.reads("GroupServiceGetAuthorizationListRequest", elements=IDS)
def group_authorizations(call: Call) -> Data:
    """A row for everything the service provider could give, whether this group has it or not."""
    group = asked_group(call)
    enterprise = call.system.enterprise(group.enterprise_id)
    of_group = [
        (*_group_row(name, group.group_authorizations, enterprise.group_authorizations, int(name in group.services)), 0)
        for name in enterprise.group_authorizations
    ]
    of_users = [
        (*_group_row(name, group.user_authorizations, enterprise.user_authorizations, _users(group, name)), True, False)
        for name in enterprise.user_authorizations
    ]
    return Data(
        "GroupServiceGetAuthorizationListResponse",
        [
            Table("servicePacksAuthorizationTable", _OF_PACKS, _pack_rows(enterprise, group)),
            Table("groupServicesAuthorizationTable", (*_OF_GROUP, "Instance Count"), of_group),
            Table(
                "userServicesAuthorizationTable",
                (*_OF_GROUP, "User Assignable", "Group Service Assignable"),
                of_users,
            ),
        ],
    )


def _group_row(name: str, granted: dict[str, Quantity], available: dict[str, Quantity], usage: int) -> Row:
    authorized = name in granted
    allowed = _NO_LIMIT if available[name] is None else available[name]
    return (name, authorized, usage > 0, *_amount(authorized, granted.get(name)), usage, True, allowed)


def _users(group: Group, name: str) -> int:
    return sum(name in user.services for user in group.users.values())


def _pack_rows(enterprise: Enterprise, group: Group) -> list[Row]:
    return [_pack_row(enterprise, group, name) for name in enterprise.packs]


def _pack_row(enterprise: Enterprise, group: Group, name: str) -> Row:
    pack, authorized = enterprise.packs[name], name in group.pack_authorizations
    usage = sum(name in user.packs for user in group.users.values())
    limited, allocated = _amount(authorized, group.pack_authorizations.get(name))
    allowed = _NO_LIMIT if pack.quantity is None else pack.quantity
    return (name, authorized, usage > 0, limited, allocated, allowed, usage, pack.description or "")


def _amount(authorized: bool, quantity: Quantity) -> tuple[str, Cell]:  # noqa: FBT001  # a row reads better so
    """The columns "Limited" and "Quantity"."""
    if not authorized:
        return ("", "")
    return (_NO_LIMIT, _NO_LIMIT) if quantity is None else ("Limited", quantity)
