"""What the tests of the inventory say and ask."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from chassis.messaging.boundary import Boundary
from chassis.messaging.unit import Unit, Units
from chassis.runtime.database import Connection, Pool
from contracts.message import Command, Message, Reply
from contracts.numbers import BackorderFilled, ChosenNumber, ReserveNumbers, WantedNumbers
from did_inventory.application.importing import Origin, take_in
from did_inventory.application.locking import lock
from did_inventory.store import numbers as store
from testkit.records import Letter, record_of
from testkit.time import eventually

FIRST, SECOND, THIRD = "+19738260001", "+19738260002", "+19738260003"


def choose(order_id: str, *numbers: str, run: int = 1, partner: str = "p-1") -> ReserveNumbers:
    chosen = tuple(ChosenNumber(number=number) for number in numbers)
    return ReserveNumbers(order_id=order_id, run=run, partner_id=partner, chosen=chosen)


def want(
    order_id: str, quantity: int, *, backorder: bool = True, nxx: str | None = None, run: int = 1
) -> ReserveNumbers:
    wanted = WantedNumbers(npa="973", nxx=nxx, quantity=quantity, backorder=backorder)
    return ReserveNumbers(order_id=order_id, run=run, partner_id="p-1", wanted=(wanted,))


async def stock(pool: Pool, *numbers: str) -> None:
    async with pool.acquire() as connection:
        await store.add(connection, numbers, "Newark", "NJ", datetime.now(UTC))


async def handled(units: Units, handler: Callable[..., Awaitable[Sequence[Reply]]], *commands: Command) -> list[Any]:
    """The replies of a batch, in a transaction of its own that commits."""
    async with units.begin() as unit:
        return await done(unit, handler, *commands)


async def done(unit: Unit, handler: Callable[..., Awaitable[Sequence[Reply]]], *commands: Command) -> list[Any]:
    """The replies of a batch, handled as the chassis does it: what it touches is locked first."""
    await lock(commands, unit.connection)
    return list(await handler(commands, unit))


async def deliver(boundary: Boundary, *commands: Command, step: str = "reserve", direction: str = "do") -> None:
    """The commands come as one batch, as the saga sends them."""
    await boundary.handle(
        [
            record_of(one, f"{one.order_id}:{one.run}:{step}:{direction}", step=step, direction=direction)
            for one in commands
        ]
    )


async def owners(pool: Pool) -> dict[str, tuple[str, str | None]]:
    rows = await pool.fetch("SELECT number, status, order_id FROM numbers ORDER BY number")
    return {row["number"]: (row["status"], row["order_id"]) for row in rows}


async def missing(pool: Pool) -> dict[str, int]:
    rows = await pool.fetch("SELECT order_id, missing FROM backorders WHERE NOT cancelled ORDER BY backorder_id")
    return {row["order_id"]: row["missing"] for row in rows}


async def events(pool: Pool) -> list[BackorderFilled]:
    """Of backorders that are complete."""
    return [one for one in await told(pool) if isinstance(one, BackorderFilled)]


async def told(pool: Pool) -> list[Message]:
    """All events, in order."""
    rows = await pool.fetch("SELECT * FROM outbox WHERE topic = 'numbers.events' ORDER BY id")
    return [Letter.of(row).message for row in rows]


@asynccontextmanager
async def open_transaction(pool: Pool) -> AsyncIterator[tuple[Connection, Any]]:
    """A transaction that the test ends when it likes."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        yield connection, transaction


async def until_it_ends_or_waits(pool: Pool, task: asyncio.Task[Any]) -> None:
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

    async def ended_or_waiting() -> bool:
        return task.done() or bool(await pool.fetchval(waits))

    await eventually(ended_or_waiting)


async def arrives(commands: Sequence[Command], unit: Unit) -> list[Reply]:
    """New stock, as the import brings it; the order ids are the numbers."""
    await take_in(unit, sorted(one.order_id for one in commands), Origin("Newark", "NJ"))
    return []
