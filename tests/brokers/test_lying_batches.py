"""Batches that nobody can read, on Apache Kafka: it refuses most, and what it takes is stepped over and told of."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from chassis.messaging.consumer import Consumer
from chassis.messaging.fetching import Gap
from chassis.runtime.settings import ServiceSettings
from contracts.topics import Topic
from testkit import broken_batches as broken
from testkit.time import eventually
from tests.brokers.conftest import Cluster

REFUSED = [
    broken.cut_off,
    broken.endless,
    broken.cut_inside,
    broken.wrong_checksum,
    broken.unknown_codec,
    broken.gzip_of_nothing,
    broken.unknown_format,
    broken.shorter_than_its_header,
    broken.marker_of_no_transaction,
    broken.more_records_than_offsets,
    broken.more_offsets_than_records,
    broken.broken_with_more_offsets_than_records,
    broken.one_record_in_the_name_of_others,
]
# What is read of the three records "x", "y" and "z", and the offsets that are left behind.
TAKEN = [
    (broken.header_name_that_is_no_utf8, [], (1, 3)),
    (broken.last_record_far_away, [b"x", b"y"], (3, 3)),
    (broken.last_record_before_its_batch, [b"x", b"y"], (3, 3)),
    (broken.all_records_at_one_offset, [b"x"], (2, 3)),
]


class Reader:
    """A service that reads one topic; `committed` is where its group would read next."""

    def __init__(self, cluster: Cluster, topic: str) -> None:
        self.topic, self.handled, self.gaps = topic, list[bytes | None](), list[Gap]()
        self.settings = ServiceSettings(
            database_url="postgresql://nowhere/none", kafka_bootstrap=cluster.bootstrap, kafka_session_timeout_ms=6000
        )

    async def handle(self, records: Sequence[Any]) -> None:
        self.handled += [record.value for record in records]

    async def step_over(self, gaps: Sequence[Gap]) -> None:
        self.gaps += gaps

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Consumer]:
        topic = Topic(self.topic, (), ())
        consumer = Consumer(self.topic, self.topic, [topic], self.settings, self.handle, self.step_over)
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()

    async def read_until(self, wanted: bytes | None, gaps: int = 0) -> int | None:
        """Where the group reads next, when it has this record and so many gaps."""

        async def done() -> bool:
            return (wanted is None or wanted in self.handled) and len(self.gaps) >= gaps

        async with self.listening():
            await eventually(done)
        async with self.listening() as consumer:
            client: Any = consumer._subscriber.consumer
            return int(await client.committed(TopicPartition(self.topic, 0)))


async def send(cluster: Cluster, topic: str, value: bytes) -> None:
    async with AIOKafkaProducer(bootstrap_servers=cluster.bootstrap) as stranger:
        await stranger.send_and_wait(topic, value, b"k")


async def sent(cluster: Cluster, topic: str, spoil: Any) -> bool:
    """Does the broker take it? What it cannot even parse it answers by closing the connection, again and again."""
    stranger = AIOKafkaProducer(bootstrap_servers=cluster.bootstrap, request_timeout_ms=3000)
    await stranger.start()
    try:
        async with asyncio.timeout(6):
            await broken.send_broken(stranger, topic, spoil, b"x", b"y", b"z")
    except (KafkaError, TimeoutError):
        return False
    finally:
        with suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(3):
                await stranger.stop()
    return True


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
async def test_apache_kafka_refuses_what_lies_about_itself(cluster: Cluster, spoil: Any) -> None:
    topic = await cluster.topic()
    await send(cluster, topic, b"before")
    assert not await sent(cluster, topic, spoil)
    await send(cluster, topic, b"after")
    assert await cluster.read(topic) == [b"before", b"after"]


@pytest.mark.parametrize(("spoil", "read", "left"), TAKEN, ids=[spoil.__name__ for spoil, _, _ in TAKEN])
async def test_what_it_takes_is_stepped_over_and_no_commit_passes_the_end(
    cluster: Cluster, spoil: Any, read: list[bytes], left: tuple[int, int]
) -> None:
    topic = await cluster.topic()
    reader = Reader(cluster, topic)
    await send(cluster, topic, b"before")
    assert await sent(cluster, topic, spoil)
    assert await reader.read_until(b"before", gaps=1) == 4
    await send(cluster, topic, b"later")
    assert await reader.read_until(b"later") == 5
    assert reader.handled == [b"before", *read, b"later"]
    assert [(gap.offset, gap.last) for gap in reader.gaps] == [left]
