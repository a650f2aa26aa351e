"""What must be read before an order can be planned, so that only what it creates enters its ledger."""

from collections.abc import Collection, Iterator

from broadsoft_provisioner.domain import questions
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.survey import Survey
from contracts.broadsoft import AddNumbers, ProvisionGroup


def open_questions(command: ProvisionGroup | AddNumbers, seen: Survey, asked: Collection[Command]) -> list[Command]:
    """The reads still wanted after what has been seen so far. Empty when everything is known."""
    wanted = _for_numbers(command) if isinstance(command, AddNumbers) else _for_group(command, seen)
    return [question for question in wanted if question not in asked]


def _for_numbers(command: AddNumbers) -> Iterator[Command]:
    yield questions.group(command.service_provider_id, command.group_id)
    yield questions.free_numbers(command.service_provider_id)
    yield questions.group_numbers(command.service_provider_id, command.group_id)


def _for_group(command: ProvisionGroup, seen: Survey) -> Iterator[Command]:
    sp, group = command.enterprise.service_provider_id, command.group
    yield questions.enterprise(sp)
    if command.enterprise.new and not seen.enterprise:
        yield questions.DOMAINS
        return
    yield questions.enterprise_domains(sp)
    yield questions.enterprise_services(sp)
    yield questions.packs(sp)
    if command.numbers:
        yield questions.free_numbers(sp)
    yield questions.group(sp, group.group_id)
    if not group.new:
        yield questions.group_domains(sp, group.group_id)
        yield questions.group_numbers(sp, group.group_id)
        yield questions.group_services(sp, group.group_id)
        yield questions.users(sp, group.group_id)
        yield questions.extension_lengths(sp, group.group_id)
    if seen.enterprise and group.domain.lower() not in seen.enterprise_domains:
        yield questions.DOMAINS
