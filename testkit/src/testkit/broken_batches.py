"""Batches that no client can read, as bytes: what a stranger, or a bad disk, may leave on a topic."""

from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

CRC, ATTRIBUTES = 17, 21  # offsets in a record batch of format 2 (Kafka's message format)
UNKNOWN_CODEC = 7


HEADER_NAME = "name"


def signed(batch: bytearray) -> bytearray:
    """With the checksum of what it holds now."""
    batch[CRC : CRC + 4] = calc_crc32c(bytes(batch[ATTRIBUTES:])).to_bytes(4, "big")
    return batch


def unknown_codec(batch: bytearray) -> bytearray:
    batch[ATTRIBUTES + 1] |= UNKNOWN_CODEC
    return signed(batch)


def wrong_checksum(batch: bytearray) -> bytearray:
    batch[CRC] ^= 0xFF
    return batch


def gzip_of_nothing(batch: bytearray) -> bytearray:
    """Says that it is compressed, and is not."""
    batch[ATTRIBUTES + 1] |= 1
    return signed(batch)


def header_name_that_is_no_utf8(batch: bytearray) -> bytearray:
    return signed(batch.replace(HEADER_NAME.encode(), b"\xff\xfe\xff\xfe"))


async def send_broken(producer: AIOKafkaProducer, topic: str, spoil: Any, *values: bytes) -> None:
    """One batch of these records to partition 0, spoilt on its way out. The producer must not be idempotent."""
    batch: Any = producer.create_batch()
    for value in values:
        batch.append(key=b"k", value=value, timestamp=None, headers=[(HEADER_NAME, b"1")])
    batch.close()
    spoilt = spoil(bytearray(batch._build()))  # noqa: SLF001  its bytes, before they go
    batch._build = lambda: spoilt  # noqa: SLF001
    await (await producer.send_batch(batch, topic, partition=0))


async def send_bomb(bootstrap: str, topic: str, codec: str, size: int) -> None:
    """One record of `size` zeros to partition 0, which is small as long as it is compressed."""
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, compression_type=codec, max_request_size=2 * size, max_batch_size=2 * size
    ) as producer:
        await producer.send_and_wait(topic, b"\0" * size, b"k", partition=0)
