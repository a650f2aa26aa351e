"""The Kafka producer of the relay."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import timedelta
from zlib import crc32

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from chassis.runtime.settings import ServiceSettings
from contracts.topics import LARGEST_RECORD

log = structlog.get_logger()


async def started_producer(service: str, settings: ServiceSettings) -> AIOKafkaProducer:
    """A producer that is connected: idempotent, acks from all replicas."""
    producer = AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap.split(","),
        client_id=f"{service}-relay",
        acks="all",
        enable_idempotence=True,
        linger_ms=0,
        partitioner=partition_of,
        max_batch_size=131_072,
        max_request_size=LARGEST_RECORD,
        request_timeout_ms=10_000,
        retry_backoff_ms=100,
        metadata_max_age_ms=settings.kafka_metadata_max_age_ms,
    )
    await start_patiently(producer.start, "producer")
    return producer


def partition_of(key: bytes | None, partitions: list[int], available: list[int]) -> int:
    """CRC32, as librdkafka's clients do it: the client library's murmur2 is pure Python and costs ten times more."""
    return random.choice(available or partitions) if key is None else partitions[crc32(key) % len(partitions)]  # noqa: S311


async def start_patiently(
    start: Callable[[], Awaitable[None]], what: str, patience: timedelta = timedelta(minutes=2)
) -> None:
    """A broker that is still starting is waited for; after `patience` the last error escapes."""
    deadline = asyncio.get_running_loop().time() + patience.total_seconds()
    while True:
        try:
            return await start()
        except (KafkaError, OSError) as error:
            if asyncio.get_running_loop().time() > deadline:
                raise
            log.info("waiting for the broker", what=what, error=repr(error))
            await asyncio.sleep(0.5)
