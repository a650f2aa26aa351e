"""From the outbox to the broker: nothing lost, nothing skipped, every key in order."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg
import pytest
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError

from chassis.messaging import outbox
from chassis.messaging.outbox import SHARDS, shard
from chassis.messaging.outgoing import Outgoing
from chassis.messaging.relay import Relay
from chassis.runtime.database import Pool
from testkit.producer import FakeProducer
from testkit.records import FakeRecord
from testkit.time import eventually

KEYS = [f"order-{number}".encode() for number in range(12)]


def row(key: bytes | None, value: bytes | None, topic: str = "orders.replies") -> Outgoing:
    return Outgoing(topic, key, value, [("ce_id", value), ("null", None), ("binary", b"\xff")])


async def write(pool: Pool, *rows: Outgoing) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await outbox.write(connection, rows)


async def left(pool: Pool) -> list[bytes]:
    return [one["value"] for one in await pool.fetch("SELECT value FROM outbox ORDER BY id")]


@asynccontextmanager
async def running(url: str, producer: FakeProducer, *, poll: float = 0.05, batch: int = 500) -> AsyncIterator[None]:
    task = asyncio.create_task(Relay("toy", url, producer, batch=batch, poll=poll).run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until_empty(pool: Pool) -> None:
    async def empty() -> bool:
        return await left(pool) == []

    await eventually(empty)


async def shards_owned(pool: Pool) -> list[int]:
    """How many shards each connection owns."""
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 2828 AND objid < 8 GROUP BY pid"
    return [one["count"] for one in await pool.fetch(held)]


async def test_what_is_written_is_sent_as_it_is_and_forgotten(pool: Pool, database_url: str) -> None:
    producer = FakeProducer()
    await write(pool, row(b"a", b"1"), row(None, b"2", "dead-letters"), row(b"c", None))
    async with running(database_url, producer):
        await until_empty(pool)
    assert {(one.topic, one.key, one.value) for one in producer.received} == {
        ("orders.replies", b"a", b"1"),
        ("dead-letters", None, b"2"),
        ("orders.replies", b"c", None),
    }
    assert all(one.headers[1:] == [("null", None), ("binary", b"\xff")] for one in producer.received)


async def test_a_commit_wakes_the_relay_and_a_rollback_sends_nothing(pool: Pool, database_url: str) -> None:
    producer = FakeProducer()
    async with running(database_url, producer, poll=60):

        async def owned() -> bool:
            return sum(await shards_owned(pool)) == SHARDS

        await eventually(owned)
        async with pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            await outbox.write(connection, [row(b"a", b"lost")])
            await transaction.rollback()
        await write(pool, row(b"a", b"kept"))
        await until_empty(pool)
    assert [one.value for one in producer.received] == [b"kept"]


async def test_order_of_each_key_is_kept_under_concurrent_writers(pool: Pool, database_url: str) -> None:
    producer = FakeProducer()

    async def writer(key: bytes) -> None:
        for number in range(20):
            await write(pool, row(key, b"%d.0" % number), row(key, b"%d.1" % number))

    async with running(database_url, producer, batch=7):
        await asyncio.gather(*(writer(key) for key in KEYS))
        await until_empty(pool)
    expected = [b"%d.%d" % (number, half) for number in range(20) for half in (0, 1)]
    for key in KEYS:
        assert [one.value for one in producer.received if one.key == key] == expected


async def test_a_row_that_commits_late_with_a_smaller_id_is_not_skipped(pool: Pool, database_url: str) -> None:
    producer = FakeProducer()
    slow = await asyncpg.connect(database_url)
    transaction = slow.transaction()
    await transaction.start()
    await outbox.write(slow, [row(b"a", b"early id")])
    async with running(database_url, producer):
        await write(pool, row(b"b", b"late id"))

        async def sent() -> bool:
            return len(producer.received) == 1

        await eventually(sent)
        await transaction.commit()
        await until_empty(pool)
    await slow.close()
    assert [one.value for one in producer.received] == [b"late id", b"early id"]


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize(
    "error",
    [
        KafkaConnectionError(),
        UnknownTopicOrPartitionError(),
        TopicAuthorizationFailedError(),
        OSError(),
        ValueError("what?"),
    ],
)
async def test_a_failed_send_stops_its_shard_only_and_is_never_overtaken(
    pool: Pool, database_url: str, error: Exception, *, at_once: bool
) -> None:
    producer, bad = FakeProducer(), KEYS[0]
    stops = {b"bad"} if at_once else {b"bad", b"after"}  # an idempotent producer fails what follows in the partition

    def fails(record: FakeRecord) -> Exception | None:
        return error if record.key == bad and record.value in stops else None

    producer.fails_at_once, producer.fails_later = (fails, lambda _: None) if at_once else (lambda _: None, fails)
    await write(pool, row(bad, b"before"), row(bad, b"bad"), row(bad, b"after"), *(row(key, b"x") for key in KEYS[1:]))
    # What was acknowledged behind it is done with; when nothing could be handed over, nothing was.
    behind = [key for key in KEYS[1:] if shard(key) == shard(bad)] if at_once else []
    async with running(database_url, producer):

        async def only_the_bad_shard_is_left() -> bool:
            return len(await left(pool)) == 2 + len(behind)

        await eventually(only_the_bad_shard_is_left)
        assert (await left(pool))[:2] == [b"bad", b"after"]
        assert b"after" not in [one.value for one in producer.received]
        stops.clear()
        await until_empty(pool)
    values = [one.value for one in producer.received if one.key == bad]
    assert list(dict.fromkeys(values)) == [b"before", b"bad", b"after"]
    assert {one.key for one in producer.received} == set(KEYS)


async def test_a_record_with_neither_key_nor_value_does_not_stop_the_relay(pool: Pool, database_url: str) -> None:
    producer = FakeProducer()
    await write(pool, row(None, None, "dead-letters"), row(None, b"next"), row(b"a", b"other"))
    async with running(database_url, producer):
        await until_empty(pool)
    assert len(producer.received) == 3


async def test_a_crash_before_the_delete_sends_again_with_the_same_id(pool: Pool, database_url: str) -> None:
    producer = FakeProducer()
    await write(pool, row(b"a", b"1"))
    relay = Relay("toy", database_url, producer)
    rows = await pool.fetch("SELECT id, shard, topic, key, value, headers FROM outbox")
    await relay._delivery.hand_over(rows)  # and here the process dies
    async with running(database_url, producer):
        await until_empty(pool)
    first, again = producer.received
    assert first.headers == again.headers


async def test_a_lost_connection_is_opened_again(pool: Pool, database_url: str) -> None:
    producer = FakeProducer()
    async with running(database_url, producer):

        async def owned() -> bool:
            return sum(await shards_owned(pool)) == SHARDS

        await eventually(owned)
        await pool.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")
        await write(pool, row(b"a", b"1"))
        await until_empty(pool)
    assert [one.value for one in producer.received] == [b"1"]
