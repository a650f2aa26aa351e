"""Records of strangers on Apache Kafka that become far larger than they came."""

from collections.abc import Sequence
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from chassis.messaging.consumer import Consumer
from chassis.messaging.decompressing import MOST
from chassis.messaging.fetching import Gap
from chassis.runtime.settings import ServiceSettings
from contracts.topics import Topic
from testkit.broken_batches import send_bomb
from testkit.time import eventually
from tests.brokers.conftest import Cluster

SIZES = {"gzip": 8 * MOST, "snappy": MOST + 1, "lz4": 8 * MOST, "zstd": 8 * MOST}  # 2 MiB of snappy are 40 at most


@pytest.mark.parametrize("codec", SIZES)
async def test_a_batch_that_becomes_too_large_is_stepped_over(cluster: Cluster, codec: str) -> None:
    topic = await cluster.topic(max_message_bytes=str(2 * 1024 * 1024))
    values: list[bytes | None] = []
    gaps: list[Gap] = []

    async def handle(records: Sequence[Any]) -> None:
        values.extend(record.value for record in records)

    async def step_over(found: Sequence[Gap]) -> None:
        gaps.extend(found)

    async with AIOKafkaProducer(bootstrap_servers=cluster.bootstrap) as stranger:
        await stranger.send_and_wait(topic, b"before", b"k")
        await send_bomb(cluster.bootstrap, topic, codec, SIZES[codec])
        await stranger.send_and_wait(topic, b"after", b"k")
    settings = ServiceSettings(database_url="postgresql://nowhere/none", kafka_bootstrap=cluster.bootstrap)
    consumer = Consumer(topic, topic, [Topic(topic, (), ())], settings, handle, step_over)
    await consumer.start()

    async def done() -> bool:
        return b"after" in values

    try:
        await eventually(done)
    finally:
        await consumer.stop()
    assert values == [b"before", b"after"]
    assert [(gap.offset, gap.last) for gap in gaps] == [(1, 1)]
    assert f"more than {MOST} bytes" in gaps[0].cause
