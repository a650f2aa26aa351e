"""Commands in, replies out. Each is a conversation with BroadWorks: it runs before its message's transaction."""

from dataclasses import dataclass, field
from functools import partial

from broadsoft_provisioner.application.places import Places
from broadsoft_provisioner.application.provisioner import Provisioner
from broadsoft_provisioner.application.turns import Turn, Turns
from broadsoft_provisioner.domain.ledger import made_domains
from broadsoft_provisioner.domain.outcomes import TAKEN_BACK, Refused
from broadsoft_provisioner.domain.turns import adding, building, taking_back
from broadsoft_provisioner.store import removals, workplaces
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
    """`places` keeps the orders of this process apart, so it is one for all handlers; `turns` keep others out."""

    pool: Pool
    provisioner: Provisioner
    turns: Turns
    places: Places = field(default_factory=Places)

    async def provision(self, command: ProvisionGroup) -> GroupProvisioned | ProvisioningRefused:
        provider, group = command.enterprise.service_provider_id, command.group.group_id
        await workplaces.begin(self.pool, command.order_id, provider, group)
        new, domain = command.enterprise.new, command.group.domain
        place = self.places.alone(provider) if new else self.places.in_group(provider, group)
        async with place, self.turns.at(building(provider, group, domain, new=new)) as turn:
            if await removals.covers(self.pool, command.order_id, command.run):
                return refusal(command, TAKEN_BACK)
            outcome = await self._in(turn).provision(command, self._ledger(command, turn))
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
        provider, group = command.service_provider_id, command.group_id
        async with self.places.in_group(provider, group), self.turns.at(adding(provider, group)) as turn:
            if await removals.covers(self.pool, command.order_id, command.run):
                return refusal(command, TAKEN_BACK)
            refused = await self._in(turn).add_numbers(command, self._ledger(command, turn))
        if refused:
            return refusal(command, refused)
        return NumbersAdded(order_id=command.order_id, run=command.run, numbers=command.numbers)

    async def remove(self, command: RemoveGroup) -> GroupRemoved:
        await removals.note(self.pool, command.order_id, command.run)
        place = await workplaces.of_order(self.pool, command.order_id)
        effects = 0 if place is None else await self._taken_back(command, place.service_provider_id)
        return GroupRemoved(order_id=command.order_id, run=command.run, effects=effects)

    async def _taken_back(self, command: RemoveGroup, provider: str) -> int:
        """What the order has made is known for sure only in the turn; it may be a domain more than was thought."""
        async with self.places.alone(provider):
            domains = made_domains(await self._ledger(command).entries())
            while True:
                async with self.turns.at(taking_back(provider, domains)) as turn:
                    ledger = self._ledger(command, turn)
                    if (made := made_domains(await ledger.entries())) <= domains:
                        effects = await self._in(turn).remove(ledger)
                        await ledger.forget_uses()
                        return effects
                domains = made

    def _in(self, turn: Turn) -> Provisioner:
        return self.provisioner.permitted(partial(self.turns.confirm, turn))

    def _ledger(self, command: ProvisionGroup | AddNumbers | RemoveGroup, turn: Turn | None = None) -> PostgresLedger:
        return PostgresLedger(self.pool, command.order_id, command.run, turn.token if turn else None)


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


def make(pool: Pool, provisioner: Provisioner, turns: Turns) -> Service:
    """The service with everything it handles."""
    handlers = Handlers(pool, provisioner, turns)
    service = Service("broadsoft-provisioner", listens_to=[topics.BROADSOFT_COMMANDS, topics.PARTNERS_KEYS])
    service.outside(ProvisionGroup)(handlers.provision)
    service.outside(AddNumbers)(handlers.add_numbers)
    service.outside(RemoveGroup)(handlers.remove)
    service.on_batch(PartnerKey)(partner_keys.keep)
    service.check(COMMANDS)
    return service
