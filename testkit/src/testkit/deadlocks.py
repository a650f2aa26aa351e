"""How often PostgreSQL had to end a deadlock in a database, by its own count.

A backend adds what it has counted when it ends, at the latest. So the count is read when no other backend is left in
the database: whoever asks must have closed what works there.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from chassis.runtime.database import Connection, Pool
from testkit.time import eventually

Write = Callable[[Connection, Any], Awaitable[Any]]

OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""
COUNT = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
BOTH_WAIT = """
SELECT count(*) >= 2 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()
"""
LOCK = "SELECT pg_advisory_xact_lock(4400, $1)"


async def deadlocks(url: str) -> int:
    """All that there ever were in this database."""
    async with _connected(url) as connection:

        async def alone() -> bool:
            return not await connection.fetchval(OTHERS)

        await eventually(alone)
        return int(await connection.fetchval(COUNT))


@dataclass
class Counted:
    """How many a block made; and how many more are counted when one is provoked, which shows that the count counts."""

    made: int = 0
    provoked: int = 0


@asynccontextmanager
async def counting(url: str) -> AsyncIterator[Counted]:
    """Filled at the end of the block, which leaves nothing connected."""
    counted, before = Counted(), await deadlocks(url)
    yield counted
    counted.made = await deadlocks(url) - before
    await provoke_one(url)
    counted.provoked = await deadlocks(url) - before - counted.made


async def provoke_one(url: str) -> None:
    """Two transactions that wait for each other: PostgreSQL ends one of them."""
    async with _connected(url) as first, _connected(url) as second:
        met = asyncio.Barrier(2)
        ways = (_cross(first, (1, 2), met), _cross(second, (2, 1), met))
        ended = await asyncio.gather(*ways, return_exceptions=True)
    assert sorted(type(one).__name__ for one in ended) == ["DeadlockDetectedError", "NoneType"]


async def crossing(pool: Pool, write: Write, last: Any, one: Any, other: Any) -> list[str]:
    """Two transactions write the same in different order, and meet at `last`, which a third one has written and leaves.

    Answers how they end: the names of what they raise. `one` and `other` have `last` in their middle, so that each has
    something already when it waits, unless it takes them in the one order.
    """
    async with pool.acquire() as holding:
        third = holding.transaction()
        await third.start()
        await write(holding, last)
        ways = [asyncio.create_task(_alone(pool, write, rows)) for rows in (one, other)]
        try:
            await eventually(lambda: pool.fetchval(BOTH_WAIT))
        finally:
            await third.rollback()
        ended = await asyncio.gather(*ways, return_exceptions=True)
    return sorted(type(outcome).__name__ for outcome in ended)


async def _alone(pool: Pool, write: Write, rows: Any) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await write(connection, rows)


async def _cross(connection: asyncpg.Connection, order: tuple[int, int], met: asyncio.Barrier) -> None:
    async with connection.transaction():
        await connection.execute(LOCK, order[0])
        await met.wait()
        await connection.execute(LOCK, order[1])


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close()
