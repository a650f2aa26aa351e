"""What must be read before an order can be planned, so that only what it creates enters its ledger."""

from collections.abc import Collection, Iterator

from broadsoft_provisioner.domain import survey as ask
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.survey import Survey
from contracts.broadsoft import AddNumbers, ProvisionGroup


def questions(command: ProvisionGroup | AddNumbers, seen: Survey, asked: Collection[Command]) -> list[Command]:
    """The reads still wanted after what has been seen so far. Empty when everything is known."""
    wanted = _for_numbers(command) if isinstance(command, AddNumbers) else _for_group(command, seen)
    return [question for question in wanted if question not in asked]


def _for_numbers(command: AddNumbers) -> Iterator[Command]:
    yield ask.group(command.service_provider_id, command.group_id)
    yield ask.free_numbers(command.service_provider_id)
    yield ask.group_numbers(command.service_provider_id, command.group_id)


def _for_group(command: ProvisionGroup, seen: Survey) -> Iterator[Command]:
    sp, group = command.enterprise.service_provider_id, command.group
    yield ask.enterprise(sp)
    if command.enterprise.new and not seen.enterprise:
        yield ask.DOMAINS
        return
    yield ask.enterprise_domains(sp)
    yield ask.enterprise_services(sp)
    yield ask.packs(sp)
    if command.numbers:
        yield ask.free_numbers(sp)
    yield ask.group(sp, group.group_id)
    if not group.new:
        for question in (ask.group_domains, ask.group_numbers, ask.group_services, ask.users, ask.extension_lengths):
            yield question(sp, group.group_id)
    if seen.enterprise and group.domain.lower() not in seen.enterprise_domains:
        yield ask.DOMAINS
