"""Apache Kafka forgets records before they were read; compaction leaves some out: only the first is a loss."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import RecordsToDelete

from chassis.messaging.consumer import Consumer
from chassis.messaging.losses import LOST
from chassis.runtime.settings import ServiceSettings
from contracts.topics import Topic
from testkit.time import eventually
from tests.brokers.conftest import Cluster


class Reader:
    """A service that reads one topic."""

    def __init__(self, cluster: Cluster, topic: str) -> None:
        self.topic, self.handled = topic, list[bytes]()
        self.settings = ServiceSettings(
            database_url="postgresql://nowhere/none", kafka_bootstrap=cluster.bootstrap, kafka_session_timeout_ms=6000
        )

    async def handle(self, records: Sequence[Any]) -> None:
        self.handled += [record.value for record in records]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        topic = Topic(self.topic, (), ())
        consumer = Consumer(self.topic, self.topic, [topic], self.settings, self.handle, self.handle)
        await consumer.start()
        try:
            yield
        finally:
            await consumer.stop()

    async def until(self, value: bytes) -> None:
        async def there() -> bool:
            return value in self.handled

        await eventually(there)

    @property
    def lost(self) -> float:
        return float(LOST.labels(self.topic, self.topic)._value.get())


async def send(cluster: Cluster, topic: str, *values: bytes, key: bytes = b"k") -> None:
    producer = AIOKafkaProducer(bootstrap_servers=cluster.bootstrap)
    await producer.start()
    for value in values:
        await producer.send_and_wait(topic, value, key)
    await producer.stop()


async def test_records_that_were_deleted_before_they_were_read_are_counted(cluster: Cluster) -> None:
    topic = await cluster.topic()
    reader = Reader(cluster, topic)
    await send(cluster, topic, b"0", b"1")
    async with reader.listening():
        await reader.until(b"1")
    await send(cluster, topic, *(b"%d" % number for number in range(2, 10)))
    await cluster.admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=7)})
    async with reader.listening():
        await reader.until(b"9")
        assert reader.lost == 5
        await send(cluster, topic, b"10")
        await reader.until(b"10")
    assert reader.handled == [b"0", b"1", b"7", b"8", b"9", b"10"]
    assert reader.lost == 5


async def test_what_was_deleted_after_it_was_read_is_no_loss(cluster: Cluster) -> None:
    topic = await cluster.topic()
    reader = Reader(cluster, topic)
    await send(cluster, topic, b"0", b"1", b"2")
    async with reader.listening():
        await reader.until(b"2")
        await cluster.admin.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=3)})
        await send(cluster, topic, b"3")
        await reader.until(b"3")
    assert reader.lost == 0


async def test_the_markers_of_transactions_are_no_loss(cluster: Cluster) -> None:
    topic = await cluster.topic()
    reader = Reader(cluster, topic)
    await send(cluster, topic, b"0")
    async with reader.listening():
        await reader.until(b"0")
        producer = AIOKafkaProducer(bootstrap_servers=cluster.bootstrap, transactional_id=topic)
        await producer.start()
        for value in (b"1", b"2"):
            async with producer.transaction():
                await producer.send_and_wait(topic, value, b"k")
        await producer.stop()
        await reader.until(b"2")
    assert (reader.handled, reader.lost) == ([b"0", b"1", b"2"], 0)


async def test_what_compaction_left_out_is_no_loss(cluster: Cluster) -> None:
    settings = {"cleanup_policy": "compact", "segment_ms": "100", "min_cleanable_dirty_ratio": "0.01"}
    topic = await cluster.topic(**settings, max_compaction_lag_ms="100")
    reader = Reader(cluster, topic)
    await send(cluster, topic, b"first")
    async with reader.listening():
        await reader.until(b"first")
    sent = 1
    async with asyncio.timeout(120):
        while len(await cluster.read(topic)) == sent:
            await send(cluster, topic, *(b"%d" % number for number in range(20)))
            sent += 20
            await asyncio.sleep(2)
    await send(cluster, topic, b"last")
    async with reader.listening():
        await reader.until(b"last")
    assert reader.lost == 0
    assert len(reader.handled) < sent
