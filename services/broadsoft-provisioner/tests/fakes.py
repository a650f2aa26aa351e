"""Fakes for tests: ledgers in memory, and a BroadWorks that fails when told to."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from broadsoft_provisioner.domain.ledger import LIVE, Entry, State
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Answer
from broadsoft_provisioner.domain.survey import GroupSeen, Survey, UserSeen
from broadsoft_provisioner.domain.turns import TurnOver
from broadsoft_provisioner.soap.faults import ReplyLost


@dataclass
class Ledgers:
    """All orders' ledgers. `log` tells what was written, in order."""

    entries: dict[tuple[str, int], Entry] = field(default_factory=dict)
    uses: dict[str, set[str]] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    def of(self, order_id: str) -> "MemoryLedger":
        return MemoryLedger(self, order_id)


@dataclass
class MemoryLedger:
    """The ledger of one order, see `application.protocols`."""

    ledgers: Ledgers
    order_id: str

    async def entries(self) -> tuple[Entry, ...]:
        return tuple(entry for (order_id, _), entry in self.ledgers.entries.items() if order_id == self.order_id)

    async def intend(self, entries: Sequence[Entry], uses: Collection[str]) -> None:
        self.ledgers.log.append(f"intend {len(entries)}")
        self.ledgers.entries |= {(self.order_id, entry.seq): entry for entry in entries}
        self.ledgers.uses.setdefault(self.order_id, set()).update(uses)

    async def settle(self, states: Mapping[int, State]) -> None:
        self.ledgers.log.append(f"settle {len(states)}")
        for seq, state in states.items():
            place = (self.order_id, seq)
            before = self.ledgers.entries[place].state
            if before != "intended" and not (before in ("done", "kept") and state in ("undone", "kept")):
                raise TurnOver
            self.ledgers.entries[place] = replace(self.ledgers.entries[place], state=state)
        if states and not any(entry.state in LIVE for entry in await self.entries()):
            self.ledgers.uses.pop(self.order_id, None)

    async def extensions_intended(self, service_provider_id: str, group_id: str) -> frozenset[str]:
        place = ("serviceProviderId", service_provider_id), ("groupId", group_id)
        others = [entry for (order_id, _), entry in self.ledgers.entries.items() if order_id != self.order_id]
        dos = [entry.effect.do for entry in others if entry.state == "intended"]
        return frozenset(
            do.text("extension") for do in dos if do.name == "UserAddRequest22V2" and {*place} <= {*do.elements}
        )

    async def relied_on(self, resources: Collection[str]) -> frozenset[str]:
        others = [used for order_id, used in self.ledgers.uses.items() if order_id != self.order_id]
        return frozenset(resources).intersection(frozenset[str]().union(*others))

    async def states(self) -> dict[str, State]:
        return {entry.effect.key: entry.state for entry in await self.entries()}


@dataclass
class FakeBroadWorks:
    """Keeps domains, groups, numbers and users; says no, or loses a reply, when told to.

    `scripted` answers a command of that name once in place of doing it; `losses` are documents, by their number from 1,
    whose reply is lost: after the work was done, or before it when listed in `unsent`.
    """

    there: dict[tuple[str, str], Command] = field(default_factory=dict)
    scripted: dict[str, Answer] = field(default_factory=dict)
    losses: set[int] = field(default_factory=set)
    unsent: set[int] = field(default_factory=set)
    sent: list[list[str]] = field(default_factory=list)
    looks: int = 0

    async def look(self, questions: Sequence[Command], seen: Survey | None = None) -> Survey:
        """Only what was asked for is seen."""
        self.looks += 1
        numbers = self._texts("ServiceProviderDnAddListRequest", "phoneNumber")
        users = {command.text("userId"): _user(command) for command in self._made("UserAddRequest22V2")}
        parts: dict[str, dict[str, Any]] = {
            "SystemDomainGetListRequest22V2": {"domains": frozenset(self._texts("SystemDomainAddRequest", "domain"))},
            "ServiceProviderDnGetAvailableListRequest": {"free_numbers": frozenset(numbers)},
            "GroupGetRequest22V5": {"group": next(map(GroupSeen, self._texts("GroupAddRequest", "groupName")), None)},
            "UserGetListInGroupRequest": {"users": users},
        }
        found = seen or Survey()
        for question in questions:
            found = replace(found, **parts.get(question.name, {}))
        return found

    async def send(self, commands: Sequence[Command]) -> list[Answer]:
        self.sent.append([command.name for command in commands])
        if len(self.sent) in self.unsent:
            raise ReplyLost
        answers = [self._answer(command) for command in commands]
        if len(self.sent) in self.losses:
            raise ReplyLost
        return answers

    def _made(self, name: str) -> list[Command]:
        return [command for command in self.there.values() if command.name == name]

    def _texts(self, name: str, tag: str) -> list[str]:
        return [text for command in self._made(name) for text in command.texts(tag)]

    def put(self, command: Command) -> None:
        self.there[(command.name, _identity(command))] = command

    def _answer(self, command: Command) -> Answer:
        if command.name in self.scripted:
            return self.scripted.pop(command.name)
        maker = MAKERS.get(command.name)
        if maker:
            gone = self.there.pop((maker, _identity(command)), None)
            return Answer() if gone else Answer("Error", "", "It was not found.")
        if (command.name, _identity(command)) in self.there:
            return Answer("Error", "", "It already exists.")
        self.put(command)
        return Answer()


MAKERS = {
    "SystemDomainDeleteRequest": "SystemDomainAddRequest",
    "ServiceProviderDnDeleteListRequest": "ServiceProviderDnAddListRequest",
    "GroupDeleteRequest": "GroupAddRequest",
    "UserDeleteRequest": "UserAddRequest22V2",
}


def _identity(command: Command) -> str:
    return command.text("userId") or command.text("groupId") or command.text("domain") or command.text("phoneNumber")


def _user(command: Command) -> UserSeen:
    return UserSeen(*(command.text(tag) for tag in ("lastName", "firstName", "phoneNumber", "extension")))
