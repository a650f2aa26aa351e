"""Services and service packs of one user."""

from collections.abc import Callable

from broadworks_simulator.commands.group_services import VOICE_MESSAGING
from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import (
    SERVICE_ASSIGNED,
    SERVICE_NOT_ASSIGNED,
    SERVICE_NOT_AUTHORIZED,
    SERVICE_PREREQUISITE,
    SERVICE_QUANTITY_EXCEEDED,
    SERVICES_PARTLY_ASSIGNED,
    Refusal,
)
from broadworks_simulator.replies import Data, Table
from broadworks_simulator.schema.particles import many, one
from broadworks_simulator.schema.structures import PACK_NAME, USER_ID, USER_SERVICE
from broadworks_simulator.state import Enterprise, Group

COMMANDS = Commands()
_LISTS = (one("userId", USER_ID), many("serviceName", USER_SERVICE), many("servicePackName", PACK_NAME))
_NEEDS_VOICE_MESSAGING = "Voice Messaging User"


@COMMANDS.changes("UserServiceAssignListRequest", elements=_LISTS)
def assign_services(call: Call) -> None:
    """Assign what can be: an Error when nothing could, a Warning when only some could."""
    group, user = call.system.user(call.fields.text("userId"))
    enterprise = call.system.enterprise(group.enterprise_id)
    services = dict.fromkeys(call.fields.texts("serviceName"))
    packs = dict.fromkeys(call.fields.texts("servicePackName"))
    failures = [
        *_assign(services, user.services, lambda name: _check_service(group, name)),
        *_assign(packs, user.packs, lambda name: _check_pack(enterprise, group, name)),
    ]
    if not failures:
        return
    if len(failures) == len(services) + len(packs):
        raise failures[0]
    detail = "\n".join(str(failure) for failure in failures)
    raise Refusal(SERVICES_PARTLY_ASSIGNED, "; ".join(map(str, failures)), detail=detail, warning=True)


def _assign(names: dict[str, None], assigned: list[str], check: Callable[[str], None]) -> list[Refusal]:
    failures = []
    for name in names:
        try:
            _check_new(assigned, name)
            check(name)
        except Refusal as refusal:
            failures.append(refusal)
        else:
            assigned.append(name)
    return failures


def _check_new(assigned: list[str], name: str) -> None:
    if name in assigned:
        raise Refusal(SERVICE_ASSIGNED, name)


def _check_service(group: Group, name: str) -> None:
    if name not in group.user_authorizations:
        raise Refusal(SERVICE_NOT_AUTHORIZED, name)
    quantity = group.user_authorizations[name]
    if quantity is not None and sum(name in user.services for user in group.users.values()) >= quantity:
        raise Refusal(SERVICE_QUANTITY_EXCEEDED, name)
    _check_prerequisite(group, name)


def _check_pack(enterprise: Enterprise, group: Group, name: str) -> None:
    if name not in group.pack_authorizations:
        raise Refusal(SERVICE_NOT_AUTHORIZED, name)
    quantity = group.pack_authorizations[name]
    if quantity is not None and sum(name in user.packs for user in group.users.values()) >= quantity:
        raise Refusal(SERVICE_QUANTITY_EXCEEDED, name)
    for service in enterprise.packs[name].services:
        _check_prerequisite(group, service)


def _check_prerequisite(group: Group, name: str) -> None:
    if name == _NEEDS_VOICE_MESSAGING and VOICE_MESSAGING not in group.services:
        raise Refusal(SERVICE_PREREQUISITE, name, VOICE_MESSAGING)


@COMMANDS.changes("UserServiceUnassignListRequest", elements=_LISTS)
def unassign_services(call: Call) -> None:
    _, user = call.system.user(call.fields.text("userId"))
    services, packs = call.fields.texts("serviceName"), call.fields.texts("servicePackName")
    for names, assigned in ((services, user.services), (packs, user.packs)):
        for name in names:
            if name not in assigned:
                raise Refusal(SERVICE_NOT_ASSIGNED, name)
    user.services = [name for name in user.services if name not in services]
    user.packs = [name for name in user.packs if name not in packs]


@COMMANDS.reads("UserServiceGetAssignmentListRequest", elements=(one("userId", USER_ID),))
def assignments(call: Call) -> Data:
    group, user = call.system.user(call.fields.text("userId"))
    packs = call.system.enterprise(group.enterprise_id).packs
    effective = {*user.services, *(service for name in user.packs for service in packs[name].services)}
    listed = dict.fromkeys((*group.user_authorizations, *sorted(effective)))
    return Data(
        "UserServiceGetAssignmentListResponse",
        [
            Table(
                "servicePacksAssignmentTable",
                ("Service Pack Name", "Assigned", "Description"),
                [(name, name in user.packs, packs[name].description or "") for name in group.pack_authorizations],
            ),
            Table("userServicesAssignmentTable", ("Service Name", "Assigned"), [(n, n in effective) for n in listed]),
        ],
    )
