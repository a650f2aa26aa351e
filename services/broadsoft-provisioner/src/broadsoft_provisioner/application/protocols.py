"""What carrying out and undoing need: BroadWorks to talk to, and a ledger to write in."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from broadsoft_provisioner.domain.ledger import Entry, State
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Answer
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.domain.turns import Permission


class Platform(Protocol):
    """BroadWorks, see `soap.platform`."""

    def permitted(self, permission: Permission) -> "Platform":
        """The same, sending nothing without permission."""

    async def look(self, questions: Sequence[Command], seen: Survey | None = None) -> Survey:
        """`seen` and what these questions have found."""

    async def send(self, commands: Sequence[Command]) -> list[Answer]:
        """One document, one answer per command. A Transient means that its outcome is unknown."""


class Ledger(Protocol):
    """The ledger of one order, all runs of it. What it is told is durable when the call returns."""

    async def entries(self) -> tuple[Entry, ...]: ...

    async def intend(self, entries: Sequence[Entry], uses: Collection[str]) -> None:
        """Before anything is sent. `uses` names what the order relies on, so that no other order's undo takes it.

        Raises TurnOver when somebody else may have gone on.
        """

    async def settle(self, states: Mapping[int, State]) -> None:
        """By `seq`. Raises TurnOver when somebody else may have gone on."""

    async def extensions_intended(self, service_provider_id: str, group_id: str) -> frozenset[str]:
        """Those that other orders have planned in that group, and may have sent, but not settled."""

    async def relied_on(self, resources: Collection[str]) -> frozenset[str]:
        """Those that another order, not undone, uses."""
