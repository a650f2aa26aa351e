"""Lengths that BroadWorks holds us to. Ids are checked, descriptive texts are clipped where they are built."""

from collections.abc import Iterator

from broadsoft_provisioner.domain.oci import Elements
from contracts.broadsoft import ProvisionGroup
from contracts.names import forbidden

SERVICE_PROVIDER_ID_BYTES = 30
GROUP_ID = 30
NAME = 80
PERSON_NAME = 30
DOMAIN = 80
EMAIL = 80
USER_LIMIT = 999_999


def faults(command: ProvisionGroup) -> Iterator[str]:
    """What is wrong with the command, one sentence each. The enterprise id is counted in bytes, the rest is not."""
    enterprise, group = command.enterprise, command.group
    if not 1 <= len(enterprise.service_provider_id.encode()) <= SERVICE_PROVIDER_ID_BYTES:
        yield f"The enterprise id must have 1 to 30 bytes: {enterprise.service_provider_id!r}."
    if not 1 <= len(group.group_id) <= GROUP_ID:
        yield f"The group id must have 1 to 30 characters: {group.group_id!r}."
    if not 1 <= len(group.domain) <= DOMAIN or "." not in group.domain:
        yield f"A domain of at most 80 characters is required: {group.domain!r}."
    if len(group.contact_email) > EMAIL:
        yield "The contact's e-mail address has more than 80 characters."
    for what, name in (("enterprise", enterprise.name), ("group", group.name)):
        if not 1 <= len(name) <= NAME:
            yield f"The name of the {what} must have 1 to 80 characters."
    texts = (enterprise.service_provider_id, enterprise.name, group.group_id, group.name, group.domain)
    if any(map(forbidden, (*texts, group.contact_name, group.contact_email, group.time_zone))):
        yield "A text holds control or invisible characters."


def present(*elements: tuple[str, str]) -> Elements:
    """Optional elements: an empty text is left out, since an empty element is invalid."""
    return tuple((tag, text) for tag, text in elements if text)
