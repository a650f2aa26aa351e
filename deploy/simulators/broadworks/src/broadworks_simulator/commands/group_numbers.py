"""Telephone numbers of a group: assigned, activated, in use by a user."""

from broadworks_simulator.commands.groups import asked_group
from broadworks_simulator.commands.registry import Call, Commands
from broadworks_simulator.errors import (
    NUMBER_ASSIGNED,
    NUMBER_IN_USE,
    NUMBER_NOT_FOUND,
    NUMBER_NOT_IN_GROUP,
    Refusal,
)
from broadworks_simulator.numbering import asked_numbers
from broadworks_simulator.replies import Data, Table
from broadworks_simulator.schema.structures import IDS, NUMBERS, SIZE_LIMIT
from broadworks_simulator.state import Group, Number

COMMANDS = Commands()
_HEADINGS = (
    "Phone Numbers",
    "Department",
    "Activated",
    "User Id",
    "Last Name",
    "First Name",
    "Extension",
    "Email Address",
    "User Type",
    "Country Code",
    "National Prefix",
)


@COMMANDS.changes("GroupDnAssignListRequest", elements=(*IDS, *NUMBERS))
def assign_numbers(call: Call) -> None:
    group = asked_group(call)
    enterprise = call.system.enterprise(group.enterprise_id)
    numbers = asked_numbers(call.fields)
    for number in numbers:
        if number not in enterprise.numbers:
            raise Refusal(NUMBER_NOT_FOUND, number)
        if enterprise.numbers[number] is not None:
            raise Refusal(NUMBER_ASSIGNED, number)
    for number in numbers:
        enterprise.numbers[number] = group.group_id
        group.numbers[number] = Number()


@COMMANDS.changes("GroupDnUnassignListRequest", elements=(*IDS, *NUMBERS))
def unassign_numbers(call: Call) -> None:
    group = asked_group(call)
    numbers = _numbers_of(group, call)
    for number in numbers:
        if group.numbers[number].user is not None:
            raise Refusal(NUMBER_IN_USE, number)
    for number in numbers:
        unassign(call, group, number)


def unassign(call: Call, group: Group, number: str) -> None:
    del group.numbers[number]
    call.system.enterprise(group.enterprise_id).numbers[number] = None
    if group.calling_number == number:
        group.calling_number = None


@COMMANDS.changes("GroupDnActivateListRequest", elements=(*IDS, *NUMBERS))
def activate_numbers(call: Call) -> None:
    _set_activated(call, activated=True)


@COMMANDS.changes("GroupDnDeactivateListRequest", elements=(*IDS, *NUMBERS))
def deactivate_numbers(call: Call) -> None:
    _set_activated(call, activated=False)


def _set_activated(call: Call, *, activated: bool) -> None:
    """Repeating is no error, as the interface says."""
    group = asked_group(call)
    for number in _numbers_of(group, call):
        group.numbers[number].activated = activated


def _numbers_of(group: Group, call: Call) -> list[str]:
    numbers = asked_numbers(call.fields)
    for number in numbers:
        if number not in group.numbers:
            raise Refusal(NUMBER_NOT_IN_GROUP, number)
    return numbers


@COMMANDS.reads("GroupDnGetAssignmentListRequest18", elements=(*IDS, SIZE_LIMIT))
def assigned_numbers(call: Call) -> Data:
    group = asked_group(call)
    entries: list[tuple[str, object]] = [
        (number, (entry.activated, entry.user)) for number, entry in group.numbers.items()
    ]
    rows = [
        (text, "", group.numbers[first].activated, *_holder(group, first), "1" if first.startswith("+1") else "", "")
        for text, first in call.spelled_runs(entries)
    ]
    call.check_size(len(rows))
    return Data("GroupDnGetAssignmentListResponse18", [Table("dnTable", _HEADINGS, rows)])


def _holder(group: Group, number: str) -> tuple[str, str, str, str, str, str]:
    """User id, last name, first name, extension, email address and user type; of an instance, its name and kind."""
    user_id = group.numbers[number].user
    if user_id is None:
        return ("", "", "", "", "", "")
    instance = group.instances.get(user_id)
    if instance is not None:
        return (user_id, instance.name, instance.kind, instance.extension or "", "", instance.kind)
    user = group.users[user_id]
    email = user.details.get("emailAddress", "")
    return (user_id, user.last_name, user.first_name, user.extension or "", email, "Normal")
