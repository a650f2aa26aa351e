"""What the handlers call: build a group, add numbers to it, take it back."""

from dataclasses import dataclass

from broadsoft_provisioner.application.carrying import carry_out
from broadsoft_provisioner.application.protocols import Ledger, Platform
from broadsoft_provisioner.application.undoing import take_back
from broadsoft_provisioner.domain.asking import open_questions
from broadsoft_provisioner.domain.ledger import Entry, intents, users
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import TAKEN_BACK, Refused, conflict
from broadsoft_provisioner.domain.packages import Packages
from broadsoft_provisioner.domain.plan import Plan, batch, plan, plan_numbers
from broadsoft_provisioner.domain.resources import shared
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.domain.turns import Permission
from chassis.runtime.patience import Patience
from contracts.broadsoft import AddNumbers, ProvisionedUser, ProvisionGroup


@dataclass(frozen=True, slots=True)
class Provisioned:
    """`effects` counts what this order really did."""

    users: tuple[ProvisionedUser, ...]
    effects: int


class Provisioner:
    """Every method may be called again after a crash or a lost reply: the ledger says where it stood.

    The caller sees to it that one group is worked on by one caller at a time, see `turns`.
    """

    def __init__(self, platform: Platform, packages: Packages, patience: Patience) -> None:
        self._platform = platform
        self._packages = packages
        self._patience = patience

    def permitted(self, confirm: Permission) -> "Provisioner":
        """One that asks right before every document that changes something."""
        return Provisioner(self._platform.permitted(confirm), self._packages, self._patience)

    async def provision(self, command: ProvisionGroup, ledger: Ledger) -> Provisioned | Refused:
        entries = await ledger.entries()
        begun = tuple(entry for entry in entries if entry.run == command.run)
        refused = await self._begin_or_go_on(command, ledger, entries, begun)
        return refused or await _provisioned(command, ledger)

    async def add_numbers(self, command: AddNumbers, ledger: Ledger) -> Refused | None:
        entries = await ledger.entries()
        mark = batch(command)
        ours = (entry for entry in entries if entry.run == command.run)
        begun = tuple(entry for entry in ours if mark and entry.effect.key.endswith(mark))
        return await self._begin_or_go_on(command, ledger, entries, begun)

    async def remove(self, ledger: Ledger) -> int:
        """How many effects were taken back. Raises UndoRefused."""
        return await take_back(self._platform, ledger, self._patience)

    async def _begin_or_go_on(
        self, command: ProvisionGroup | AddNumbers, ledger: Ledger, entries: tuple[Entry, ...], begun: tuple[Entry, ...]
    ) -> Refused | None:
        """`entries` are all of the order; `begun` are those of this command, from an earlier attempt."""
        if begun:
            return _unfit(begun) or await self._carry_out(begun, ledger, resumed=True)
        planned = await self._plan(command, ledger)
        if isinstance(planned, Refused):
            return planned
        intended = intents(command.order_id, command.run, planned.effects, after=len(entries))
        await ledger.intend(intended, planned.uses)
        return await self._carry_out(intended, ledger, resumed=False)

    async def _carry_out(self, entries: tuple[Entry, ...], ledger: Ledger, *, resumed: bool) -> Refused | None:
        return await carry_out(entries, self._platform, ledger, self._patience, resumed=resumed)

    async def _plan(self, command: ProvisionGroup | AddNumbers, ledger: Ledger) -> Plan | Refused:
        seen, asked = Survey(), list[Command]()
        while wanted := open_questions(command, seen, asked):
            seen = await self._platform.look(wanted, seen)
            asked += wanted
        if isinstance(command, AddNumbers):
            return plan_numbers(command, seen)
        group = command.group
        promised = frozenset[str]()
        if not group.new:  # nobody else plans in one that is not there yet
            promised = await ledger.extensions_intended(command.enterprise.service_provider_id, group.group_id)
        return plan(command, self._packages, seen, promised)


def _unfit(entries: tuple[Entry, ...]) -> Refused | None:
    """A run that was taken back, or that met another's work in its place, is not continued."""
    for entry in entries:
        if entry.state in ("undone", "kept"):
            return TAKEN_BACK
        if entry.state == "found" and not shared(entry.effect.do):
            return conflict(entry.effect.do.name, "")
    return None


async def _provisioned(command: ProvisionGroup, ledger: Ledger) -> Provisioned:
    entries = [entry for entry in await ledger.entries() if entry.run == command.run]
    return Provisioned(users(entries), sum(entry.state == "done" for entry in entries))
