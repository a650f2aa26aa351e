"""Commands in, replies out. Each is a conversation with BroadWorks: it runs before its message's transaction."""

from dataclasses import dataclass

from broadsoft_provisioner.application.places import Places
from broadsoft_provisioner.application.provisioner import Provisioner
from broadsoft_provisioner.domain.outcomes import Refused
from broadsoft_provisioner.store import workplaces
from broadsoft_provisioner.store.ledger import PostgresLedger
from chassis.facts import partner_keys
from chassis.messaging.service import Service
from chassis.runtime.database import Pool
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
from contracts.partners import PartnerKey


@dataclass(frozen=True, slots=True)
class Handlers:
    """`places` keeps the orders of this process apart, so it is one for all handlers."""

    pool: Pool
    provisioner: Provisioner
    places: Places

    async def provision(self, command: ProvisionGroup) -> GroupProvisioned | ProvisioningRefused:
        provider, group = command.enterprise.service_provider_id, command.group.group_id
        await workplaces.begin(self.pool, command.order_id, provider, group)
        place = self.places.alone(provider) if command.enterprise.new else self.places.in_group(provider, group)
        async with place:
            outcome = await self.provisioner.provision(command, self._ledger(command))
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

    async def add_numbers(self, command: AddNumbers) -> NumbersAdded | ProvisioningRefused:
        async with self.places.in_group(command.service_provider_id, command.group_id):
            refused = await self.provisioner.add_numbers(command, self._ledger(command))
        if refused:
            return refusal(command, refused)
        return NumbersAdded(order_id=command.order_id, run=command.run, numbers=command.numbers)

    async def remove(self, command: RemoveGroup) -> GroupRemoved:
        place = await workplaces.of_order(self.pool, command.order_id)
        if place is None:
            return GroupRemoved(order_id=command.order_id, run=command.run, effects=0)
        async with self.places.alone(place.service_provider_id):
            ledger = self._ledger(command)
            effects = await self.provisioner.remove(ledger)
            await ledger.forget_uses()
        return GroupRemoved(order_id=command.order_id, run=command.run, effects=effects)

    def _ledger(self, command: ProvisionGroup | AddNumbers | RemoveGroup) -> PostgresLedger:
        return PostgresLedger(self.pool, command.order_id, command.run)


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


def make(pool: Pool, provisioner: Provisioner) -> Service:
    """The service with everything it handles."""
    handlers = Handlers(pool, provisioner, Places())
    service = Service("broadsoft-provisioner", listens_to=[topics.BROADSOFT_COMMANDS, topics.PARTNERS_KEYS])
    service.outside(ProvisionGroup)(handlers.provision)
    service.outside(AddNumbers)(handlers.add_numbers)
    service.outside(RemoveGroup)(handlers.remove)
    service.on_batch(PartnerKey)(partner_keys.keep)
    service.check(COMMANDS)
    return service
