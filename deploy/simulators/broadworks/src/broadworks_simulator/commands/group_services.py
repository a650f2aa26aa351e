"""Services assigned to a group."""

from broadworks_simulator.commands import occupancy
from broadworks_simulator.commands.groups import asked_group
from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import (
    SERVICE_ASSIGNED,
    SERVICE_IN_USE,
    SERVICE_NOT_ASSIGNED_TO_GROUP,
    SERVICE_NOT_AUTHORIZED,
    Refusal,
)
from broadworks_simulator.replies import Data
from broadworks_simulator.schema.particles import many, one
from broadworks_simulator.schema.structures import GROUP_SERVICE, IDS
from broadworks_simulator.state import Group, Instance

COMMANDS = Commands()
VOICE_MESSAGING = "Voice Messaging Group"
VOICE_PORTAL = "Voice Messaging"
_NAMES = many("serviceName", GROUP_SERVICE, least=1)


@COMMANDS.changes("GroupServiceAssignListRequest", elements=(*IDS, _NAMES))
def assign_services(call: Call) -> None:
    group, names = asked_group(call), call.fields.texts("serviceName")
    for name in names:
        if name not in group.group_authorizations:
            raise Refusal(SERVICE_NOT_AUTHORIZED, name)
        if name in group.services:
            raise Refusal(SERVICE_ASSIGNED, name)
    group.services.extend(dict.fromkeys(names))
    if VOICE_MESSAGING in names:
        portal = Instance(VOICE_PORTAL, f"{group.group_id}_VMR@{group.default_domain}", "Voice Portal", active=False)
        group.instances[portal.user_id] = portal
        call.system.settle(group, portal.user_id)


@COMMANDS.changes("GroupServiceUnassignListRequest", elements=(*IDS, _NAMES))
def unassign_services(call: Call) -> None:
    group, names = asked_group(call), call.fields.texts("serviceName")
    for name in names:
        if name not in group.services:
            raise Refusal(SERVICE_NOT_ASSIGNED_TO_GROUP, name)
        if _is_used(group, name):
            raise Refusal(SERVICE_IN_USE, name)
    group.services = [name for name in group.services if name not in names]
    if VOICE_MESSAGING in names:
        _remove_portal(call, group)


def _is_used(group: Group, name: str) -> bool:
    """A voice portal counts while it has a number: it would be lost with its service."""
    if name == VOICE_MESSAGING:
        return any(instance.kind == VOICE_PORTAL and instance.phone_number for instance in group.instances.values())
    return any(service_of(instance.kind, instance.variant) == name for instance in group.instances.values())


def service_of(kind: str, variant: str | None) -> str | None:
    """The group service that instances of a kind need."""
    if kind == "Auto Attendant":
        return "Auto Attendant - Standard" if variant == "Standard" else kind
    return kind if kind == "Hunt Group" else None


def _remove_portal(call: Call, group: Group) -> None:
    for portal in [instance for instance in group.instances.values() if instance.kind == VOICE_PORTAL]:
        occupancy.vacate(group, portal)
        del group.instances[portal.user_id]
        call.system.unsettle(portal.user_id)


@COMMANDS.reads("GroupServiceIsAssignedRequest", elements=(*IDS, one("serviceName", GROUP_SERVICE)))
def is_assigned(call: Call) -> Data:
    assigned = call.fields.text("serviceName") in asked_group(call).services
    return Data("GroupServiceIsAssignedResponse", [("isAssigned", assigned)])
