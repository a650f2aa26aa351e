"""Several relays of one service: each shard has one owner at a time, and none is without one for long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import asyncpg
import pytest

from chassis.messaging import outbox
from chassis.messaging.outbox import SHARDS
from chassis.messaging.outgoing import Outgoing
from chassis.messaging.relay import Relay
from chassis.messaging.shards import APPEAR, LOCKS, OWN, RELAY, Pace, Shards
from chassis.runtime.database import Pool
from testkit.postgres import Databases
from testkit.producer import FakeProducer
from testkit.time import eventually

KEYS = [f"order-{number}".encode() for number in range(40)]
QUICK = Pace(speaks_every=0.1, silent_after=1.0)


async def write(pool: Pool, number: int) -> None:
    """One message of each key."""
    async with pool.acquire() as connection, connection.transaction():
        await outbox.write(connection, [Outgoing("orders.replies", key, b"%d" % number, []) for key in KEYS])


async def shares(pool: Pool) -> list[int]:
    """How many shards each connection owns, the most first."""
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 2828 AND objid < 8 GROUP BY pid"
    return sorted((one["count"] for one in await pool.fetch(held)), reverse=True)


async def until_shared(pool: Pool, *wanted: int) -> None:
    async def shared() -> bool:
        return await shares(pool) == list(wanted)

    await eventually(shared)


async def until_sent(pool: Pool) -> None:
    async def sent() -> bool:
        return not await pool.fetchval("SELECT count(*) FROM outbox")

    await eventually(sent)


@pytest.fixture(autouse=True)
async def alone(pool: Pool) -> None:
    """No relay of an earlier test."""
    await until_shared(pool)


async def until_ended(connection: asyncpg.Connection) -> None:
    async def ended() -> bool:
        return connection.is_closed()

    await eventually(ended)


class Counted(FakeProducer):
    """`sent` counts what went through it; what the broker took is with `broker`, where it has another."""

    def __init__(self, broker: FakeProducer | None) -> None:
        super().__init__()
        self.sent = 0
        if broker is not None:
            self.received = broker.received

    async def send(self, *given: Any, **named: Any) -> "asyncio.Future[None]":
        self.sent += 1
        return await super().send(*given, **named)


@asynccontextmanager
async def relay(url: str, broker: FakeProducer | None = None) -> AsyncIterator[Counted]:
    producer = Counted(broker)
    task = asyncio.create_task(Relay("toy", url, producer, poll=0.05, pace=QUICK).run())
    try:
        yield producer
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def silent_relay(url: str) -> asyncpg.Connection:
    """It owns all shards, and says nothing more: its process is frozen, or the line is cut."""
    connection = await asyncpg.connect(url)
    await connection.execute(APPEAR, LOCKS, RELAY)
    await connection.fetch(OWN, LOCKS, list(range(SHARDS)), SHARDS)
    return connection


async def test_shards_are_shared_out_among_the_living_and_come_back(pool: Pool, database_url: str) -> None:
    async with relay(database_url):
        await until_shared(pool, 8)
        async with relay(database_url):
            await until_shared(pool, 4, 4)
            async with relay(database_url):
                await until_shared(pool, 3, 3, 2)
            await until_shared(pool, 4, 4)
        await until_shared(pool, 8)


async def test_all_of_them_send_and_each_key_keeps_its_order_while_owners_come_and_go(
    pool: Pool, database_url: str
) -> None:
    number = 0

    async def some() -> None:
        nonlocal number
        for _ in range(10):
            await write(pool, number)
            number += 1

    async with relay(database_url) as first:
        await some()
        async with relay(database_url, broker=first) as second:
            await asyncio.gather(until_shared(pool, 4, 4), some())
            await some()
            await until_sent(pool)
            assert second.sent
        await some()
        await until_sent(pool)
    for key in KEYS:
        assert [int(one.value or b"") for one in first.received if one.key == key] == list(range(number))


async def test_the_shards_of_a_silent_relay_are_taken_over(pool: Pool, database_url: str) -> None:
    silent = await silent_relay(database_url)
    async with relay(database_url) as producer:
        await write(pool, 0)
        await until_sent(pool)
        await until_shared(pool, 8)
        await until_ended(silent)
    assert len(producer.received) == len(KEYS)


async def test_a_relay_that_speaks_is_left_alone_however_little_it_does(pool: Pool, database_url: str) -> None:
    async with relay(database_url), relay(database_url):
        await until_shared(pool, 4, 4)
        before = await pool.fetch("SELECT pid FROM pg_locks WHERE classid = 2828")
        await asyncio.sleep(3 * QUICK.silent_after)
        assert await pool.fetch("SELECT pid FROM pg_locks WHERE classid = 2828") == before


async def test_a_long_statement_is_no_silence(pool: Pool, database_url: str) -> None:
    busy = await silent_relay(database_url)
    async with relay(database_url):
        await busy.execute("SELECT pg_sleep(3)")
        assert await shares(pool) == [8]
    await busy.close()


async def test_who_was_silent_finds_out_before_it_sends(pool: Pool, database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    shards = Shards(connection, "toy", QUICK)
    await shards.appear()
    await shards.share_out()
    assert len(shards.owned) == SHARDS
    await asyncio.sleep(QUICK.silent_after)
    async with relay(database_url):
        await until_ended(connection)
        with pytest.raises((asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.AdminShutdownError)):
            await shards.still_own()


async def test_relays_of_another_database_are_none_of_its_business(
    pool: Pool, database_url: str, databases: Databases
) -> None:
    elsewhere = await silent_relay(await databases.new("elsewhere"))
    async with relay(database_url):
        await until_shared(pool, 8, 8)
    assert await elsewhere.fetchval("SELECT 1") == 1
    await elsewhere.close()
