"""Commands in, replies out. Each is a conversation with BroadWorks: it runs before its message's transaction."""

from broadsoft_provisioner import store
from broadsoft_provisioner.domain.outcomes import Refused
from broadsoft_provisioner.places import Places
from broadsoft_provisioner.soap.executor import Provisioner
from broadsoft_provisioner.store import PostgresLedger
from chassis.runtime.database import Pool
from chassis.messaging.service import Service
from contracts import topics
from contracts.broadsoft import (
    COMMANDS,
    AddNumbers,
    GroupProvisioned,
    GroupRemoved,
    NumbersAdded,
    ProvisionGroup,
    ProvisioningRefused,
    RemoveGroup,
)


def make(pool: Pool, provisioner: Provisioner) -> Service:
    service = Service("broadsoft-provisioner", listens_to=[topics.BROADSOFT_COMMANDS])
    places = Places()

    @service.outside(ProvisionGroup)
    async def provision(command: ProvisionGroup) -> GroupProvisioned | ProvisioningRefused:
        provider, group = command.enterprise.service_provider_id, command.group.group_id
        await store.work_at(pool, command.order_id, provider, group)
        place = places.alone(provider) if command.enterprise.new else places.in_group(provider, group)
        async with place:
            outcome = await provisioner.provision(command, PostgresLedger(pool, command.order_id, command.run))
        if isinstance(outcome, Refused):
            return refusal(command, outcome)
        return GroupProvisioned(
            order_id=command.order_id,
            run=command.run,
            service_provider_id=provider,
            group_id=group,
            users=outcome.users,
            effects=outcome.effects,
        )

    @service.outside(AddNumbers)
    async def add_numbers(command: AddNumbers) -> NumbersAdded | ProvisioningRefused:
        async with places.in_group(command.service_provider_id, command.group_id):
            refused = await provisioner.add_numbers(command, PostgresLedger(pool, command.order_id, command.run))
        if refused:
            return refusal(command, refused)
        return NumbersAdded(order_id=command.order_id, run=command.run, numbers=command.numbers)

    @service.outside(RemoveGroup)
    async def remove(command: RemoveGroup) -> GroupRemoved:
        place = await store.workplace(pool, command.order_id)
        if place is None:
            return GroupRemoved(order_id=command.order_id, run=command.run, effects=0)
        async with places.alone(place[0]):
            ledger = PostgresLedger(pool, command.order_id, command.run)
            effects = await provisioner.remove(ledger)
            await ledger.forget_uses()
        return GroupRemoved(order_id=command.order_id, run=command.run, effects=effects)

    service.check(COMMANDS)
    return service


def refusal(command: ProvisionGroup | AddNumbers, refused: Refused) -> ProvisioningRefused:
    return ProvisioningRefused(
        order_id=command.order_id,
        run=command.run,
        code=refused.code,
        reason=refused.reason,
        operation=refused.operation,
        oci_code=refused.oci_code,
        detail=refused.detail,
    )
