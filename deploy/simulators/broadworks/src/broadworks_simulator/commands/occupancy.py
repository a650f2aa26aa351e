"""What users and service instances occupy in a group: ids, numbers and extensions, each once."""

from broadworks_simulator.commands.domains import holds
from broadworks_simulator.errors import (
    DEPARTMENT_NOT_FOUND,
    EXTENSION_IN_USE,
    EXTENSION_IS_EMERGENCY,
    EXTENSION_LENGTH_WRONG,
    NUMBER_IN_USE,
    NUMBER_NOT_IN_GROUP,
    USER_ID_WITHOUT_DOMAIN,
    Refusal,
)
from broadworks_simulator.numbering import normalise
from broadworks_simulator.schema.fields import Fields
from broadworks_simulator.state import Group, Instance, User

_EMERGENCY = frozenset({"911", "112", "999"})


def check_user_id(group: Group, user_id: str) -> None:
    name, _, domain = user_id.rpartition("@")
    if not name or not holds(group.domains, domain):
        raise Refusal(USER_ID_WITHOUT_DOMAIN, user_id)


def check_extension(group: Group, extension: str | None, user_id: str) -> None:
    if extension is None:
        return
    if extension in _EMERGENCY:
        raise Refusal(EXTENSION_IS_EMERGENCY, extension)
    length = group.extension_length
    if not length.least <= len(extension) <= length.most:
        raise Refusal(EXTENSION_LENGTH_WRONG, group.group_id, str(length.least), str(length.most))
    if group.extensions.get(extension, user_id) != user_id:
        raise Refusal(EXTENSION_IN_USE, extension)


def free_number(group: Group, text: str | None, user_id: str) -> str | None:
    """The number in its normal form, when this user may have it."""
    if text is None:
        return None
    number = normalise(text)
    entry = group.numbers.get(number)
    if entry is None:
        raise Refusal(NUMBER_NOT_IN_GROUP, text)
    if entry.user not in (None, user_id):
        raise Refusal(NUMBER_IN_USE, text)
    return number


def check_department(fields: Fields) -> None:
    """There are no departments here, so naming one is refused."""
    department = fields.part("department")
    if department is not None:
        raise Refusal(DEPARTMENT_NOT_FOUND, department.text("name"))


def occupy(group: Group, holder: User | Instance) -> None:
    if holder.phone_number is not None:
        group.numbers[holder.phone_number].user = holder.user_id
    if holder.extension is not None:
        group.extensions[holder.extension] = holder.user_id


def vacate(group: Group, holder: User | Instance) -> None:
    """The number stays in the group, free and as activated as it was."""
    if holder.phone_number is not None:
        group.numbers[holder.phone_number].user = None
    if holder.extension is not None:
        del group.extensions[holder.extension]
