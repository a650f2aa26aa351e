"""Groups: the customers of a service provider."""

from broadworks_simulator.commands.domains import holds
from broadworks_simulator.commands.providers import checked_address, plain_part
from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import (
    DOMAIN_NOT_ASSIGNED,
    EXTENSION_SETTINGS_WRONG,
    GROUP_EXISTS,
    GROUP_IN_USE,
    NUMBER_NOT_IN_GROUP,
    USER_LIMIT_TOO_LOW,
    Refusal,
)
from broadworks_simulator.numbering import normalise
from broadworks_simulator.places import DEFAULT_TIME_ZONE, display_name
from broadworks_simulator.replies import Data, Item, Table, part
from broadworks_simulator.schema.kinds import boolean, digits, integer
from broadworks_simulator.schema.particles import Particle, one, optional
from broadworks_simulator.schema.structures import (
    ACCOUNT_NAME,
    ADDRESS,
    CONTACT,
    DOMAIN,
    EXTENSION_LENGTH,
    IDS,
    PHONE_NUMBER,
    PLACEMENT,
    PROVIDER,
    SIZE_LIMIT,
    TIME_ZONE,
)
from broadworks_simulator.state import Enterprise, ExtensionLength, Group

COMMANDS = Commands()
_USER_LIMIT = integer(1, 999_999)
_DIALING_CODE = digits(1, 15)
_CONTACT_AND_ADDRESS: tuple[Particle, ...] = (optional("contact", CONTACT), optional("address", ADDRESS))
_DETAILS = ("callingLineIdName", "locationDialingCode")


def asked_group(call: Call) -> Group:
    return call.system.group(call.fields.text("serviceProviderId"), call.fields.text("groupId"))


def _default_domain(enterprise: Enterprise, name: str) -> str:
    if not holds(enterprise.domains, name):
        raise Refusal(DOMAIN_NOT_ASSIGNED, name)
    return name


@COMMANDS.changes(
    "GroupAddRequest",
    elements=(
        *IDS,
        one("defaultDomain", DOMAIN),
        one("userLimit", _USER_LIMIT),
        optional("groupName", ACCOUNT_NAME),
        optional("callingLineIdName", ACCOUNT_NAME),
        optional("timeZone", TIME_ZONE),
        optional("locationDialingCode", _DIALING_CODE),
        *_CONTACT_AND_ADDRESS,
        *PLACEMENT,
        optional("defaultUserCallingLineIdPhoneNumber", PHONE_NUMBER),
    ),
)
def add_group(call: Call) -> None:
    fields = call.fields
    enterprise = call.system.enterprise(fields.text("serviceProviderId"))
    group_id = fields.text("groupId")
    if group_id in enterprise.groups:
        raise Refusal(GROUP_EXISTS, enterprise.enterprise_id, group_id)
    domain = _default_domain(enterprise, call.system.domain(fields.text("defaultDomain")))
    address = checked_address(fields)
    call.system.visited.add((enterprise.enterprise_id, group_id))
    enterprise.groups[group_id] = Group(
        enterprise_id=enterprise.enterprise_id,
        group_id=group_id,
        default_domain=domain,
        user_limit=fields.number("userLimit"),
        time_zone=fields.get("timeZone") or DEFAULT_TIME_ZONE,
        name=fields.get("groupName"),
        details={name: fields.text(name) for name in _DETAILS if fields.has(name)},
        contact=plain_part(fields, "contact"),
        address=address,
        domains=[domain],
    )


@COMMANDS.changes(
    "GroupModifyRequest",
    elements=(
        *IDS,
        optional("defaultDomain", DOMAIN),
        optional("userLimit", _USER_LIMIT),
        optional("groupName", ACCOUNT_NAME, nillable=True),
        optional("callingLineIdName", ACCOUNT_NAME, nillable=True),
        optional("callingLineIdPhoneNumber", PHONE_NUMBER, nillable=True),
        optional("timeZone", TIME_ZONE),
        optional("locationDialingCode", _DIALING_CODE, nillable=True),
        *_CONTACT_AND_ADDRESS,
    ),
)
def modify_group(call: Call) -> None:
    """Set what was sent, clear what was sent as nil, leave the rest; nothing changes when a part is refused."""
    group, fields = asked_group(call), call.fields
    enterprise = call.system.enterprise(group.enterprise_id)
    domain = _default_domain(enterprise, fields.get("defaultDomain") or group.default_domain)
    limit = fields.number("userLimit") if fields.has("userLimit") else group.user_limit
    if limit < len(group.users):
        raise Refusal(USER_LIMIT_TOO_LOW, str(limit))
    calling = fields.get("callingLineIdPhoneNumber")
    if calling and normalise(calling) not in group.numbers:
        raise Refusal(NUMBER_NOT_IN_GROUP, calling)
    address = checked_address(fields)
    group.default_domain, group.user_limit = domain, limit
    if not holds(group.domains, domain):
        group.domains.append(domain)
    group.time_zone = fields.get("timeZone") or group.time_zone
    if fields.has("groupName"):
        group.name = fields.get("groupName")
    if fields.has("callingLineIdPhoneNumber"):
        group.calling_number = normalise(calling) if calling else None
    for name in filter(fields.has, _DETAILS):
        _set_or_clear(group.details, name, fields.get(name))
    group.contact.update(plain_part(fields, "contact"))
    group.address.update(address)


def _set_or_clear(details: dict[str, str], name: str, value: str | None) -> None:
    details.pop(name, None)
    if value is not None:
        details[name] = value


@COMMANDS.changes("GroupDeleteRequest", elements=IDS)
def delete_group(call: Call) -> None:
    """Users and service instances must be gone; the numbers go back to the service provider."""
    group = asked_group(call)
    if group.users or any(instance.kind != "Voice Messaging" for instance in group.instances.values()):
        raise Refusal(GROUP_IN_USE, group.enterprise_id, group.group_id)
    enterprise = call.system.enterprise(group.enterprise_id)
    for number in group.numbers:
        enterprise.numbers[number] = None
    call.system.unsettle(*group.instances)
    del enterprise.groups[group.group_id]


@COMMANDS.reads("GroupGetRequest22V5", "GroupGetRequest14sp7", elements=IDS)
def get_group(call: Call) -> Data:
    group = asked_group(call)
    items: list[Item] = [
        ("defaultDomain", group.default_domain),
        ("userLimit", group.user_limit),
        ("userCount", len(group.users)),
        ("groupName", group.name),
        ("callingLineIdName", group.details.get("callingLineIdName")),
        ("callingLineIdPhoneNumber", call.spelled(group.calling_number)),
        ("callingLineIdDisplayPhoneNumber", call.spelled(group.calling_number)),
        ("timeZone", group.time_zone),
        ("timeZoneDisplayName", display_name(group.time_zone)),
        ("locationDialingCode", group.details.get("locationDialingCode")),
        *part("contact", group.contact),
        *part("address", group.address),
    ]
    if call.name.endswith("22V5"):
        items += [("serviceProviderId", group.enterprise_id), ("groupId", group.group_id)]
    return Data(call.response_name, items)


@COMMANDS.reads(
    "GroupGetListInServiceProviderRequest",
    elements=(*PROVIDER, SIZE_LIMIT),
)
def list_groups(call: Call) -> Data:
    enterprise = call.system.enterprise(call.fields.text("serviceProviderId"))
    rows = [(group.group_id, group.name or "", group.user_limit) for group in enterprise.groups.values()]
    call.check_size(len(rows))
    return Data(
        "GroupGetListInServiceProviderResponse", [Table("groupTable", ("Group Id", "Group Name", "User Limit"), rows)]
    )


@COMMANDS.changes(
    "GroupExtensionLengthModifyRequest17",
    elements=(
        *IDS,
        optional("minExtensionLength", EXTENSION_LENGTH),
        optional("maxExtensionLength", EXTENSION_LENGTH),
        optional("defaultExtensionLength", EXTENSION_LENGTH),
        optional("useEnterpriseExtensionLengthSetting", boolean),
    ),
)
def set_extension_length(call: Call) -> None:
    group, fields = asked_group(call), call.fields
    old = group.extension_length
    new = ExtensionLength(
        least=int(fields.get("minExtensionLength") or old.least),
        most=int(fields.get("maxExtensionLength") or old.most),
        default=int(fields.get("defaultExtensionLength") or old.default),
        use_enterprise=fields.flag("useEnterpriseExtensionLengthSetting")
        if fields.has("useEnterpriseExtensionLengthSetting")
        else old.use_enterprise,
    )
    if not new.least <= new.default <= new.most:
        raise Refusal(EXTENSION_SETTINGS_WRONG)
    group.extension_length = new


@COMMANDS.reads("GroupExtensionLengthGetRequest22", elements=IDS)
def get_extension_length(call: Call) -> Data:
    length = asked_group(call).extension_length
    return Data(
        "GroupExtensionLengthGetResponse22",
        [
            ("minExtensionLength", length.least),
            ("maxExtensionLength", length.most),
            ("defaultExtensionLength", length.default),
            ("useEnterpriseExtensionLengthSetting", length.use_enterprise),
        ],
    )
