"""A broker that has just started interprets its code; what it costs is measured once it is compiled."""

import asyncio
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts.topics import Topic
from dialtone.stack import topics

TOPIC = Topic("bench.warming", (), ())
SECONDS = 10.0
AT_ONCE = 20


async def warm_broker(bootstrap: str, seconds: float = SECONDS) -> int:
    """Publishes, fetches and commits on a topic of its own for a while; the number of records."""
    await topics.apply({"bootstrap.servers": bootstrap}, [TOPIC])
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=0)
    consumer = AIOKafkaConsumer(
        TOPIC.name,
        bootstrap_servers=bootstrap,
        group_id="bench-warming",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
    )
    await producer.start()
    await consumer.start()
    reading = asyncio.create_task(_read(consumer))
    try:
        return await _write(producer, time.monotonic() + seconds)
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        await consumer.stop()
        await producer.stop()


async def _write(producer: AIOKafkaProducer, until: float) -> int:
    value, headers = b"x" * 500, [(f"header{number:02}", b"x" * 30) for number in range(12)]
    written = 0
    while time.monotonic() < until:
        deliveries = []
        for number in range(AT_ONCE):
            key = f"{written + number}".encode()
            deliveries.append(await producer.send(TOPIC.name, value, key, headers=headers))
        await asyncio.gather(*deliveries)
        written += AT_ONCE
    return written


async def _read(consumer: AIOKafkaConsumer) -> None:
    while True:
        if await consumer.getmany(timeout_ms=10, max_records=500):
            await consumer.commit()
