"""What the handlers call: build a group, add numbers to it, take it back."""

from dataclasses import dataclass

from broadsoft_provisioner.domain import ledger as book
from broadsoft_provisioner.domain.ledger import Entry
from broadsoft_provisioner.domain.looking import questions
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Refused, conflict
from broadsoft_provisioner.domain.packages import Packages
from broadsoft_provisioner.domain.plan import Plan, batch, plan, plan_numbers
from broadsoft_provisioner.domain.resources import shared
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.soap.carrying import Ledger, Platform, carry_out
from broadsoft_provisioner.soap.patience import Patience
from broadsoft_provisioner.soap.undoing import take_back
from contracts.broadsoft import AddNumbers, ProvisionedUser, ProvisionGroup


@dataclass(frozen=True, slots=True)
class Provisioned:
    """`effects` counts what this order really did."""

    users: tuple[ProvisionedUser, ...]
    effects: int


class Provisioner:
    """Every method may be called again after a crash or a lost reply: the ledger says where it stood.

    The caller sees to it that one group is worked on by one caller at a time.
    """

    def __init__(self, platform: Platform, packages: Packages, patience: Patience) -> None:
        self._platform = platform
        self._packages = packages
        self._patience = patience

    async def provision(self, command: ProvisionGroup, ledger: Ledger) -> Provisioned | Refused:
        entries = await ledger.entries()
        begun = tuple(entry for entry in entries if entry.run == command.run)
        refused = await self._carried_out(command, ledger, entries, begun)
        return refused or await _provisioned(command, ledger)

    async def add_numbers(self, command: AddNumbers, ledger: Ledger) -> Refused | None:
        entries = await ledger.entries()
        mark = batch(command)
        ours = (entry for entry in entries if entry.run == command.run)
        begun = tuple(entry for entry in ours if mark and entry.effect.key.endswith(mark))
        return await self._carried_out(command, ledger, entries, begun)

    async def remove(self, ledger: Ledger) -> int:
        return await take_back(self._platform, ledger, self._patience)

    async def _carried_out(
        self, command: ProvisionGroup | AddNumbers, ledger: Ledger, entries: tuple[Entry, ...], begun: tuple[Entry, ...]
    ) -> Refused | None:
        if begun:
            return _unfit(begun) or await self._carry(begun, ledger, resumed=True)
        planned = await self._planned(command)
        if isinstance(planned, Refused):
            return planned
        intents = book.intents(command.order_id, command.run, planned.effects, after=len(entries))
        await ledger.intend(intents, planned.uses)
        return await self._carry(intents, ledger, resumed=False)

    async def _carry(self, entries: tuple[Entry, ...], ledger: Ledger, *, resumed: bool) -> Refused | None:
        return await carry_out(entries, self._platform, ledger, self._patience, resumed=resumed)

    async def _planned(self, command: ProvisionGroup | AddNumbers) -> Plan | Refused:
        seen, asked = Survey(), list[Command]()
        while wanted := questions(command, seen, asked):
            seen = await self._platform.look(wanted, seen)
            asked += wanted
        if isinstance(command, AddNumbers):
            return plan_numbers(command, seen)
        return plan(command, self._packages, seen)


def _unfit(entries: tuple[Entry, ...]) -> Refused | None:
    """A run that was taken back, or that met another's work in its place, is not continued."""
    for entry in entries:
        if entry.state in ("undone", "kept"):
            return Refused("already-undone", "This run of the order has been taken back.")
        if entry.state == "found" and not shared(entry.effect.do):
            return conflict(entry.effect.do.name, "")
    return None


async def _provisioned(command: ProvisionGroup, ledger: Ledger) -> Provisioned:
    entries = [entry for entry in await ledger.entries() if entry.run == command.run]
    return Provisioned(book.users(entries), sum(entry.state == "done" for entry in entries))
