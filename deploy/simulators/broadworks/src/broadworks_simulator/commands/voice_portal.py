"""The voice portal: it appears with its group service and can only be modified."""

from broadworks_simulator.commands import occupancy
from broadworks_simulator.commands.group_services import VOICE_MESSAGING, VOICE_PORTAL
from broadworks_simulator.commands.groups import asked_group
from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import SERVICE_NOT_ASSIGNED_TO_GROUP, Refusal
from broadworks_simulator.replies import Data, Item, Part
from broadworks_simulator.schema import instances
from broadworks_simulator.schema.fields import Fields
from broadworks_simulator.schema.structures import IDS
from broadworks_simulator.state import Group, Instance

COMMANDS = Commands()
_KEPT = (
    "enableExtendedScope",
    "allowIdentificationByPhoneNumberOrVoiceMailAliasesOnLogin",
    "useVoicePortalWizard",
    "voicePortalExternalRoutingScope",
    "useExternalRouting",
    "externalRoutingAddress",
)


def _portal(group: Group) -> Instance:
    for instance in group.instances.values():
        if instance.kind == VOICE_PORTAL:
            return instance
    raise Refusal(SERVICE_NOT_ASSIGNED_TO_GROUP, VOICE_MESSAGING)


@COMMANDS.changes("GroupVoiceMessagingGroupModifyVoicePortalRequest", elements=instances.VOICE_PORTAL)
def modify_portal(call: Call) -> None:
    group, fields = asked_group(call), call.fields
    portal = _portal(group)
    profile = fields.part("serviceInstanceProfile")
    if profile is not None:
        _modify_profile(group, portal, profile)
    if fields.has("isActive"):
        portal.active = fields.flag("isActive")
    for name in _KEPT:
        value = fields.get(name)
        if value is not None:
            portal.details[name] = value


def _modify_profile(group: Group, portal: Instance, profile: Fields) -> None:
    occupancy.check_department(profile)
    number = occupancy.free_number(group, profile.get("phoneNumber"), portal.user_id)
    occupancy.check_extension(group, profile.get("extension"), portal.user_id)
    portal.name = profile.get("name") or portal.name
    occupancy.vacate(group, portal)
    if profile.has("phoneNumber"):
        portal.phone_number = number
    if profile.has("extension"):
        portal.extension = profile.get("extension")
    occupancy.occupy(group, portal)
    for name in ("callingLineIdLastName", "callingLineIdFirstName", "language", "timeZone"):
        value = profile.get(name)
        if value is not None:
            portal.details[name] = value


@COMMANDS.reads("GroupVoiceMessagingGroupGetVoicePortalRequest21sp1", elements=IDS)
def get_portal(call: Call) -> Data:
    group = asked_group(call)
    portal = _portal(group)
    profile: list[Item] = [
        ("name", portal.name),
        ("callingLineIdLastName", portal.details.get("callingLineIdLastName", portal.name)),
        ("callingLineIdFirstName", portal.details.get("callingLineIdFirstName", portal.name)),
        ("phoneNumber", call.spelled(portal.phone_number)),
        ("extension", portal.extension),
        ("language", portal.details.get("language", "English")),
        ("timeZone", portal.details.get("timeZone", group.time_zone)),
    ]
    kept: list[Item] = [(name, portal.details.get(name)) for name in _KEPT]
    return Data(
        "GroupVoiceMessagingGroupGetVoicePortalResponse21sp1",
        [
            ("serviceUserId", portal.user_id),
            Part("serviceInstanceProfile", profile),
            ("isActive", portal.active),
            *kept,
        ],
    )
