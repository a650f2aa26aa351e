"""The service between its database and BroadWorks, and what is delivered to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from broadsoft_provisioner.__main__ import compose
from broadsoft_provisioner.settings import Settings
from chassis.messaging.boundary import Boundary
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from contracts.broadsoft import ProvisionGroup
from contracts.message import Command, Message
from testkit.delivery import deliver, work_off
from testkit.records import FakeRecord, Letter, record_of
from testkit.time import eventually

Order = Callable[..., ProvisionGroup]


@dataclass(frozen=True, slots=True)
class Sent:
    """What a receiver compares: the same message again has the same id."""

    id: str
    message: Message


@dataclass
class Bench:
    """The service with its database at one end and BroadWorks at the other."""

    pool: Pool
    settings: Settings
    admin: httpx.AsyncClient
    composed: list[Parts] = field(default_factory=list)
    boundaries: list[Boundary] = field(default_factory=list)

    async def compose(self, **changes: Any) -> Parts:
        """A process that has just started: nothing but the database and BroadWorks remembers."""
        parts = await compose(self.settings.model_copy(update=changes), self.pool)
        self.composed.append(parts)
        return parts

    async def boundary(self, **changes: Any) -> Boundary:
        parts = await self.compose(**changes)
        boundary = Boundary(parts.service, self.pool, self.settings.model_copy(update=changes))
        self.boundaries.append(boundary)
        return boundary

    async def close(self) -> None:
        for boundary in self.boundaries:
            await boundary.workers.stop(patience=0)
        for parts in self.composed:
            await parts.close()

    async def deliver(self, *records: FakeRecord) -> list[Sent]:
        await deliver(await self.boundary(), records)
        return await self.published()

    async def published(self) -> list[Sent]:
        """What is in the outbox, oldest first; it is empty afterwards."""
        rows = await self.pool.fetch("DELETE FROM outbox RETURNING id, topic, key, value, headers")
        letters = [Letter.of(row) for row in sorted(rows, key=lambda row: row["id"])]
        return [Sent(letter.id, letter.message) for letter in letters]

    async def states(self, order_id: str = "o-1", run: int = 1) -> set[str]:
        """Those that occur in the ledger of one run."""
        rows = await self.pool.fetch("SELECT state FROM ledger WHERE order_id = $1 AND run = $2", order_id, run)
        return {row["state"] for row in rows}

    async def entries(self, order_id: str = "o-1") -> int:
        entries: int = await self.pool.fetchval("SELECT count(*) FROM ledger WHERE order_id = $1", order_id)
        return entries

    async def waiting(self) -> list[str]:
        return [row["message_id"] for row in await self.pool.fetch("SELECT message_id FROM waiting ORDER BY id")]

    async def until_nothing_waits(self, boundary: Boundary) -> None:
        """`boundary` takes over what others leave behind."""

        async def nothing_waits() -> bool:
            await work_off(boundary)
            return not await self.waiting()

        await eventually(nothing_waits)

    async def fault(self, kind: str, command: str = "*", **more: Any) -> None:
        """Strikes until faults are cleared."""
        body = {"command": command, "kind": kind, "times": None, **more}
        (await self.admin.post("/admin/faults", json=body)).raise_for_status()

    async def clear(self) -> None:
        (await self.admin.delete("/admin/faults")).raise_for_status()

    async def enterprises(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.admin.get("/admin/state")).json()["enterprises"]
        return found

    async def arrived(self, command: str) -> int:
        """How often BroadWorks has seen a command."""
        seen: int = (await self.admin.get("/admin/state")).json()["commands"].get(command, 0)
        return seen


def do(command: Command, attempt: int = 1, step: str = "provision group") -> FakeRecord:
    return _record(command, step, "do", attempt)


def undo(command: Command, attempt: int = 1) -> FakeRecord:
    return _record(command, "provision group", "undo", attempt)


def _record(command: Command, step: str, direction: str, attempt: int) -> FakeRecord:
    message_id = f"{command.order_id}:{command.run}:{step}:{direction}:{attempt}"
    return record_of(command, message_id, step=step, direction=direction)
