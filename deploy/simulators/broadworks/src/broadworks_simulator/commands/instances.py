"""Service instances: auto attendants, hunt groups and call centers, which are users that no person has."""

from broadworks_simulator.commands import occupancy
from broadworks_simulator.commands.group_services import service_of
from broadworks_simulator.commands.groups import asked_group
from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import (
    INSTANCE_TYPE_WRONG,
    SERVICE_NOT_ASSIGNED_TO_GROUP,
    SERVICE_NOT_AUTHORIZED,
    USER_NOT_FOUND,
    Refusal,
)
from broadworks_simulator.replies import Cell, Data, Table
from broadworks_simulator.schema.instances import AUTO_ATTENDANT, CALL_CENTER, HUNT_GROUP
from broadworks_simulator.schema.kinds import token
from broadworks_simulator.schema.particles import one, optional
from broadworks_simulator.schema.structures import IDS, USER_ID
from broadworks_simulator.state import Group, Instance

COMMANDS = Commands()
_SERVICE_USER = (one("serviceUserId", USER_ID),)
_LIST = (*IDS, optional("groupDepartmentName", token(50)))
_COMMON = ("Phone Number", "Extension", "Department", "Is Active")


@COMMANDS.changes("GroupAutoAttendantAddInstanceRequest20", elements=AUTO_ATTENDANT)
def add_auto_attendant(call: Call) -> None:
    _add(call, "Auto Attendant")


@COMMANDS.changes("GroupHuntGroupAddInstanceRequest20", elements=HUNT_GROUP)
def add_hunt_group(call: Call) -> None:
    _add(call, "Hunt Group")


@COMMANDS.changes("GroupCallCenterAddInstanceRequest22", elements=CALL_CENTER)
def add_call_center(call: Call) -> None:
    _add(call, "Call Center")


def _add(call: Call, kind: str) -> None:
    group, fields = asked_group(call), call.fields
    user_id = fields.text("serviceUserId")
    profile = fields.parts("serviceInstanceProfile")[0]
    _check_service(group, kind, fields.get("type"))
    call.system.check_free(user_id)
    occupancy.check_user_id(group, user_id)
    occupancy.check_department(profile)
    number = occupancy.free_number(group, profile.get("phoneNumber"), user_id)
    occupancy.check_extension(group, profile.get("extension"), user_id)
    agents = fields.texts("agentUserId")
    for agent in agents:
        if agent not in group.users:
            raise Refusal(USER_NOT_FOUND, agent)
    instance = Instance(
        kind=kind,
        user_id=user_id,
        name=profile.text("name"),
        phone_number=number,
        extension=profile.get("extension"),
        variant=fields.get("type"),
        policy=fields.get("policy"),
        video=fields.flag("enableVideo"),
        agents=agents,
    )
    group.instances[user_id] = instance
    occupancy.occupy(group, instance)
    call.system.settle(group, user_id)


def _check_service(group: Group, kind: str, variant: str | None) -> None:
    """Call centers have no group service: the group must be authorised for agents of their type."""
    service = service_of(kind, variant)
    if service is not None and service not in group.services:
        raise Refusal(SERVICE_NOT_ASSIGNED_TO_GROUP, service)
    if kind == "Call Center" and f"{kind} - {variant}" not in group.user_authorizations:
        raise Refusal(SERVICE_NOT_AUTHORIZED, f"{kind} - {variant}")


@COMMANDS.changes("GroupAutoAttendantDeleteInstanceRequest", elements=_SERVICE_USER)
def delete_auto_attendant(call: Call) -> None:
    _delete(call, "Auto Attendant")


@COMMANDS.changes("GroupHuntGroupDeleteInstanceRequest", elements=_SERVICE_USER)
def delete_hunt_group(call: Call) -> None:
    _delete(call, "Hunt Group")


@COMMANDS.changes("GroupCallCenterDeleteInstanceRequest", elements=_SERVICE_USER)
def delete_call_center(call: Call) -> None:
    _delete(call, "Call Center")


def _delete(call: Call, kind: str) -> None:
    """The number stays in the group."""
    user_id = call.fields.text("serviceUserId")
    group, instance = call.system.instance(user_id)
    if instance.kind != kind:
        raise Refusal(INSTANCE_TYPE_WRONG, user_id)
    occupancy.vacate(group, instance)
    del group.instances[user_id]
    call.system.unsettle(user_id)


@COMMANDS.reads("GroupAutoAttendantGetInstanceListRequest", elements=_LIST)
def list_auto_attendants(call: Call) -> Data:
    headings = ("Service User Id", "Name", "Video", *_COMMON, "Type")
    rows = [
        (instance.user_id, instance.name, instance.video, *_common(call, instance), instance.variant)
        for instance in _listed(call, "Auto Attendant")
    ]
    return Data("GroupAutoAttendantGetInstanceListResponse", [Table("autoAttendantTable", headings, rows)])


@COMMANDS.reads("GroupHuntGroupGetInstanceListRequest", elements=_LIST)
def list_hunt_groups(call: Call) -> Data:
    headings = ("Service User Id", "Name", *_COMMON, "Policy")
    rows = [
        (instance.user_id, instance.name, *_common(call, instance), instance.policy)
        for instance in _listed(call, "Hunt Group")
    ]
    return Data("GroupHuntGroupGetInstanceListResponse", [Table("huntGroupTable", headings, rows)])


@COMMANDS.reads("GroupCallCenterGetInstanceListRequest", elements=_LIST)
def list_call_centers(call: Call) -> Data:
    headings = ("Service User Id", "Name", "Video", *_COMMON, "Policy", "Type")
    rows = [
        (instance.user_id, instance.name, instance.video, *_common(call, instance), instance.policy, instance.variant)
        for instance in _listed(call, "Call Center")
    ]
    return Data("GroupCallCenterGetInstanceListResponse", [Table("callCenterTable", headings, rows)])


def _listed(call: Call, kind: str) -> list[Instance]:
    """There are no departments, so naming one finds nothing."""
    instances = [] if call.fields.has("groupDepartmentName") else list(asked_group(call).instances.values())
    return [instance for instance in instances if instance.kind == kind]


def _common(call: Call, instance: Instance) -> tuple[Cell, ...]:
    return (call.spelled(instance.phone_number), instance.extension, "", instance.active)
