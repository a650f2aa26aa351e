"""Users of a group: people with a number, an extension, services."""

from broadworks_simulator.commands import occupancy
from broadworks_simulator.commands.group_numbers import unassign
from broadworks_simulator.commands.groups import asked_group
from broadworks_simulator.commands.providers import checked_address
from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import DEVICE_NOT_FOUND, PASSWORD_MISSING, USER_LIMIT_REACHED, Refusal
from broadworks_simulator.places import display_name
from broadworks_simulator.replies import Data, Item, Part, Table, part, repeated
from broadworks_simulator.schema.kinds import boolean, enumeration
from broadworks_simulator.schema.particles import one, optional
from broadworks_simulator.schema.structures import GROUP_ID, PROVIDER_ID, SIZE_LIMIT, USER_ID
from broadworks_simulator.schema.users import USER, USER_DETAILS, USER_OF_22
from broadworks_simulator.state import Group, User

COMMANDS = Commands()
_USER_ID = one("userId", USER_ID)
_HEADINGS = (
    "User Id",
    "Last Name",
    "First Name",
    "Department",
    "Phone Number",
    "Phone Number Activated",
    "Email Address",
    "Hiragana Last Name",
    "Hiragana First Name",
    "In Trunk Group",
    "Extension",
    "Country Code",
    "National Prefix",
)


@COMMANDS.changes("UserAddRequest22V2", elements=USER)
@COMMANDS.changes("UserAddRequest22", "UserAddRequest17sp4", elements=USER_OF_22)
def add_user(call: Call) -> None:
    group, fields = asked_group(call), call.fields
    user_id = fields.text("userId")
    alternates = [entry.text("alternateUserId") for entry in fields.parts("alternateUserId")]
    call.system.check_free(user_id, *alternates)
    occupancy.check_user_id(group, user_id)
    if len(group.users) >= group.user_limit:
        raise Refusal(USER_LIMIT_REACHED, group.group_id, str(group.user_limit))
    if not fields.has("password"):
        raise Refusal(PASSWORD_MISSING)
    if fields.has("accessDeviceEndpoint"):
        raise Refusal(DEVICE_NOT_FOUND)
    occupancy.check_department(fields)
    number = occupancy.free_number(group, fields.get("phoneNumber"), user_id)
    occupancy.check_extension(group, fields.get("extension"), user_id)
    user = User(
        user_id=user_id,
        last_name=fields.text("lastName"),
        first_name=fields.text("firstName"),
        phone_number=number,
        extension=fields.get("extension"),
        time_zone=fields.get("timeZone"),
        details={name: fields.text(name) for name in USER_DETAILS if fields.get(name) is not None},
        address=checked_address(fields),
        aliases=fields.texts("alias"),
        alternate_ids=alternates,
    )
    group.users[user_id] = user
    occupancy.occupy(group, user)
    call.system.settle(group, user_id, *alternates)


@COMMANDS.changes("UserDeleteRequest", elements=(_USER_ID,))
def delete_user(call: Call) -> None:
    """The number stays in the group."""
    _remove(call, *call.system.user(call.fields.text("userId")))


@COMMANDS.changes(
    "UserConsolidatedDeleteRequest",
    elements=(
        _USER_ID,
        optional("deleteExistingDevices", boolean),
        optional("unassignPhoneNumbers", enumeration(("Group", "Service Provider"))),
    ),
)
def delete_user_and_number(call: Call) -> None:
    group, user = call.system.user(call.fields.text("userId"))
    level = call.fields.get("unassignPhoneNumbers")
    _remove(call, group, user)
    if level is None or user.phone_number is None:
        return
    unassign(call, group, user.phone_number)
    if level == "Service Provider":
        del call.system.enterprise(group.enterprise_id).numbers[user.phone_number]
        del call.system.numbers[user.phone_number]


def _remove(call: Call, group: Group, user: User) -> None:
    occupancy.vacate(group, user)
    for instance in group.instances.values():
        instance.agents = [agent for agent in instance.agents if agent != user.user_id]
    del group.users[user.user_id]
    call.system.unsettle(user.user_id, *user.alternate_ids)


@COMMANDS.reads("UserGetRequest23V2", elements=(_USER_ID,))
def get_user(call: Call) -> Data:
    """Answers with the primary id, whichever id was asked for."""
    group, user = call.system.user(call.fields.text("userId"))
    detail, time_zone = user.details.get, user.time_zone or group.time_zone
    items: list[Item] = [
        ("serviceProviderId", group.enterprise_id),
        ("groupId", group.group_id),
        ("userId", user.user_id),
        ("lastName", user.last_name),
        ("firstName", user.first_name),
        ("callingLineIdLastName", detail("callingLineIdLastName")),
        ("callingLineIdFirstName", detail("callingLineIdFirstName")),
        ("phoneNumber", call.spelled(user.phone_number)),
        ("extension", user.extension),
        ("callingLineIdPhoneNumber", detail("callingLineIdPhoneNumber")),
        ("language", detail("language") or "English"),
        ("timeZone", time_zone),
        ("timeZoneDisplayName", display_name(time_zone)),
        ("defaultAlias", user.user_id),
        *repeated("alias", user.aliases),
        ("title", detail("title")),
        ("pagerPhoneNumber", detail("pagerPhoneNumber")),
        ("mobilePhoneNumber", detail("mobilePhoneNumber")),
        ("emailAddress", detail("emailAddress")),
        ("addressLocation", detail("addressLocation")),
        *part("address", user.address),
        ("countryCode", "1"),
        *(Part("alternateUserId", [("alternateUserId", alternate)]) for alternate in user.alternate_ids),
    ]
    return Data("UserGetResponse23V2", items)


@COMMANDS.reads(
    "UserGetListInGroupRequest",
    elements=(
        one("serviceProviderId", PROVIDER_ID),
        one("GroupId", GROUP_ID),
        SIZE_LIMIT,
    ),
)
def list_users(call: Call) -> Data:
    """The capital G is the interface's. Search criteria are not reproduced and are refused."""
    group = call.system.group(call.fields.text("serviceProviderId"), call.fields.text("GroupId"))
    call.check_size(len(group.users))
    rows = [_row(call, group, user) for user in group.users.values()]
    return Data("UserGetListInGroupResponse", [Table("userTable", _HEADINGS, rows)])


def _row(call: Call, group: Group, user: User) -> tuple[str | bool, ...]:
    number = user.phone_number
    return (
        user.user_id,
        user.last_name,
        user.first_name,
        "",
        call.spelled(number) or "",
        number is not None and group.numbers[number].activated,
        user.details.get("emailAddress", ""),
        "",
        "",
        False,
        user.extension or "",
        "1" if number else "",
        "",
    )
