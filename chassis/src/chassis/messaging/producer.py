"""The Kafka producer of the relay."""

import random
from zlib import crc32

from aiokafka import AIOKafkaProducer

from chassis.messaging.reaching import start_patiently
from chassis.messaging.security import connection_of
from chassis.runtime.settings import ServiceSettings
from contracts.topics import LARGEST_RECORD


async def started_producer(service: str, settings: ServiceSettings) -> AIOKafkaProducer:
    """A producer that is connected: idempotent, acks from all replicas."""
    producer = AIOKafkaProducer(
        **connection_of(settings),
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
    try:
        await start_patiently(producer.start, "producer", settings)
    except BaseException:
        await producer.stop()
        raise
    return producer


def partition_of(key: bytes | None, partitions: list[int], available: list[int]) -> int:
    """CRC32, as librdkafka's clients do it: the client library's murmur2 is pure Python and costs ten times more."""
    return random.choice(available or partitions) if key is None else partitions[crc32(key) % len(partitions)]  # noqa: S311
