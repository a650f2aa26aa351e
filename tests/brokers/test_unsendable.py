"""The relay against Apache Kafka: one row that its topic does not take, a broker that is away, a topic that grows."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

from aiokafka import AIOKafkaProducer
from aiokafka.admin import NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from chassis.messaging import outbox, unsendable
from chassis.messaging.outgoing import Outgoing
from chassis.messaging.producer import started_producer
from chassis.messaging.relay import Relay, stalled_shards
from chassis.messaging.unit import Units
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool
from chassis.runtime.settings import ServiceSettings
from contracts.topics import CATALOG_COMMANDS, DEAD_LETTERS
from testkit.time import eventually
from tests.brokers.conftest import Cluster

LIMIT = 200_000  # bytes, of the topic: more than a batch of the producer, as of every topic of ours
KEYS = [b"order-%d" % number for number in range(40)]


@dataclass
class Sender:
    """A relay as a service runs it; `producers` are all that it ever had."""

    pool: Pool
    url: str
    settings: ServiceSettings
    producers: list[AIOKafkaProducer] = field(default_factory=list)

    async def producer(self) -> AIOKafkaProducer:
        made = await started_producer("test", self.settings)
        self.producers.append(made)
        return made

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        relay = Relay("test", self.url, await self.producer(), renew=partial(self.producer), poll=0.1)
        task = asyncio.create_task(relay.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await relay.producer.stop()

    async def write(self, *rows: Outgoing) -> None:
        async with self.pool.acquire() as connection, connection.transaction():
            await outbox.write(connection, rows)

    async def until_it_waits(self) -> None:
        """The relay has tried and failed: every producer's batch has had its time-out."""

        async def stalled() -> bool:
            return bool(await stalled_shards(self.pool, patience=2.0))

        await eventually(stalled)

    async def until_empty(self) -> None:
        async def empty() -> bool:
            return not await self.pool.fetchval("SELECT count(*) FROM outbox")

        await eventually(empty, patience=90)


def sender(cluster: Cluster, pool: Pool, url: str) -> Sender:
    return Sender(pool, url, ServiceSettings(database_url=url, kafka_bootstrap=cluster.bootstrap))


def small(topic: str, key: bytes, number: int) -> Outgoing:
    return Outgoing(topic, key, b"%s/%d" % (key, number), [("ce_id", b"%d" % number)])


def per_key(values: list[bytes | None]) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = {}
    for value in values:
        key, _, number = (value or b"").partition(b"/")
        found.setdefault(key, []).append(number)
    return found


async def test_a_row_that_its_topic_does_not_take_costs_the_others_nothing(
    cluster: Cluster, pool: Pool, database_url: str
) -> None:
    topic = await cluster.topic(partitions=3, max_message_bytes=str(LIMIT))
    sending = sender(cluster, pool, database_url)
    rows = [small(topic, key, number) for number in range(20) for key in KEYS]
    bad = [Outgoing(topic, KEYS[n], b"x" * size, []) for n, size in ((0, LIMIT + 1), (7, 5 * LIMIT))]
    await sending.write(*rows[:300], bad[0], *rows[300:600], bad[1], *rows[600:])
    async with sending.running():
        await sending.until_empty()
        later = [small(topic, key, 20) for key in KEYS]
        await sending.write(*later)
        await sending.until_empty()
    got = per_key(await cluster.read(topic))
    assert got == {key: [b"%d" % number for number in range(21)] for key in KEYS}  # once each, in order
    aside = await pool.fetch("SELECT key, length(value) AS size FROM unsendable ORDER BY key")
    assert [(row["key"], row["size"]) for row in aside] == [(KEYS[0], LIMIT + 1), (KEYS[7], 5 * LIMIT)]
    # A new one for each time that a batch was refused: among others, then alone. Nothing was refused ever after.
    assert len(sending.producers) <= 1 + 2 * len(bad) + 2


async def test_small_rows_that_are_too_large_together_all_go_out(
    cluster: Cluster, pool: Pool, database_url: str
) -> None:
    topic = await cluster.topic(max_message_bytes="2000")
    sending = sender(cluster, pool, database_url)
    await sending.write(*(small(topic, key, number) for number in range(20) for key in KEYS))
    async with sending.running():
        await sending.until_empty()
    got = per_key(await cluster.read(topic))
    assert got == {key: [b"%d" % number for number in range(20)] for key in KEYS}
    assert await pool.fetchval("SELECT count(*) FROM unsendable") == 0


async def test_a_broker_that_is_away_for_a_while_loses_nothing_and_nothing_is_set_aside(
    cluster: Cluster, pool: Pool, database_url: str
) -> None:
    topic = await cluster.topic(partitions=3)
    sending = sender(cluster, pool, database_url)
    await sending.write(*(small(topic, key, 0) for key in KEYS))
    async with sending.running():
        await sending.until_empty()
        await cluster.kafka.kill()
        await sending.write(*(small(topic, key, number) for number in range(1, 10) for key in KEYS))
        await sending.until_it_waits()
        await cluster.kafka.start()
        await sending.until_empty()
    got = per_key(await cluster.read(topic))
    assert {key: list(dict.fromkeys(numbers)) for key, numbers in got.items()} == {
        key: [b"%d" % number for number in range(10)] for key in KEYS
    }
    assert await pool.fetchval("SELECT count(*) FROM unsendable") == 0


async def test_a_topic_of_ours_that_is_missing_holds_up_its_own_shard_only(
    cluster: Cluster, pool: Pool, database_url: str
) -> None:
    topic, ours = await cluster.topic(), CATALOG_COMMANDS.name
    await cluster.admin.delete_topics([ours])
    sending = sender(cluster, pool, database_url)
    await sending.write(small(ours, KEYS[0], 0), *(small(topic, key, 0) for key in KEYS))
    same = {key for key in KEYS if outbox.shard(key) == outbox.shard(KEYS[0])}
    async with sending.running():

        async def the_others_went() -> bool:
            return set(per_key(await cluster.read(topic))) == set(KEYS) - same

        await eventually(the_others_went)
        assert await pool.fetchval("SELECT count(*) FROM unsendable") == 0
        assert await pool.fetchval("SELECT count(*) FROM outbox") == 1 + len(same)
        await cluster.admin.create_topics([NewTopic(ours, CATALOG_COMMANDS.partitions, 1)])
        await sending.until_empty()
    assert set(per_key(await cluster.read(topic))) == set(KEYS)


async def test_a_partners_topic_that_is_deleted_stops_no_shard(cluster: Cluster, pool: Pool, database_url: str) -> None:
    topic, theirs = await cluster.topic(), await cluster.topic()
    sending = sender(cluster, pool, database_url)
    async with sending.running():
        await sending.write(*(small(theirs, key, 0) for key in KEYS))
        await sending.until_empty()
        await cluster.admin.delete_topics([theirs])
        await sending.write(*(small(where, key, 1) for key in KEYS for where in (theirs, topic)))
        await sending.until_empty()
    assert per_key(await cluster.read(topic)) == {key: [b"1"] for key in KEYS}
    aside = await pool.fetch("SELECT topic, key, error_class FROM unsendable")
    assert {(row["topic"], row["error_class"]) for row in aside} == {(theirs, "ForeignTopicMissing")}
    assert sorted(row["key"] for row in aside) == sorted(KEYS)
    assert len(await cluster.read(DEAD_LETTERS.name)) >= len(KEYS)


async def test_what_is_released_after_its_topic_was_enlarged_arrives_once(
    cluster: Cluster, pool: Pool, database_url: str
) -> None:
    topic = await cluster.topic(max_message_bytes=str(LIMIT))
    sending, large = sender(cluster, pool, database_url), b"x" * (2 * LIMIT)
    await sending.write(small(topic, b"k", 0), Outgoing(topic, b"k", large, [("ce_id", b"1")]), small(topic, b"k", 2))
    async with sending.running():
        await sending.until_empty()
        assert await cluster.read(topic) == [b"k/0", b"k/2"]
        configs = {"max.message.bytes": str(10 * LIMIT)}
        await cluster.admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, configs)])
        (unsendable_id,) = await pool.fetchrow("SELECT unsendable_id FROM unsendable")
        async with Units(pool, "test", Clock()).begin() as unit:
            assert await unsendable.release(unit, unsendable_id, "olivia", "It takes more now.")
        await sending.until_empty()
    assert await cluster.read(topic) == [b"k/0", b"k/2", large]
