"""Batches that no client can read, as bytes: what a stranger, or a bad disk, may leave on a topic."""

import struct
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.record.util import calc_crc32c

# Offsets in a record batch of format 2 (Kafka's message format).
LENGTH, MAGIC, CRC, ATTRIBUTES, LAST_DELTA, RECORDS = 8, 16, 17, 21, 23, 61
UNKNOWN_CODEC = 7
CONTROL = 0x20

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


def cut_off(batch: bytearray) -> bytearray:
    """Ends before it says that it does."""
    return batch[:-12]


def endless(batch: bytearray) -> bytearray:
    struct.pack_into(">i", batch, LENGTH, 2**30)
    return batch


def cut_inside(batch: bytearray) -> bytearray:
    """Whole by its length and its checksum, and its last record is not."""
    batch = batch[:-12]
    struct.pack_into(">i", batch, LENGTH, len(batch) - 12)
    return signed(batch)


def unknown_format(batch: bytearray) -> bytearray:
    batch[MAGIC] = 9
    return batch


def shorter_than_its_header(batch: bytearray) -> bytearray:
    struct.pack_into(">i", batch, LENGTH, 20)
    return batch


def more_records_than_offsets(batch: bytearray) -> bytearray:
    struct.pack_into(">i", batch, LAST_DELTA, 0)
    return signed(batch)


def more_offsets_than_records(batch: bytearray) -> bytearray:
    struct.pack_into(">i", batch, LAST_DELTA, 50)
    return signed(batch)


def broken_with_more_offsets_than_records(batch: bytearray) -> bytearray:
    return wrong_checksum(more_offsets_than_records(batch))


def one_record_in_the_name_of_others(batch: bytearray) -> bytearray:
    """Its last record stands at an offset that the batch claims, and that the broker gave to somebody else."""
    return more_offsets_than_records(last_record_further_on(batch))


def marker_of_no_transaction(batch: bytearray) -> bytearray:
    batch[ATTRIBUTES + 1] |= CONTROL
    return signed(batch)


def last_record_far_away(batch: bytearray) -> bytearray:
    """At an offset that is not of its batch, and not in the log."""
    batch[_offset_deltas(batch)[-1]] = _zigzag(50)
    return signed(batch)


def last_record_further_on(batch: bytearray) -> bytearray:
    batch[_offset_deltas(batch)[-1]] = _zigzag(40)
    return signed(batch)


def last_record_before_its_batch(batch: bytearray) -> bytearray:
    batch[_offset_deltas(batch)[-1]] = _zigzag(-50)
    return signed(batch)


def all_records_at_one_offset(batch: bytearray) -> bytearray:
    for place in _offset_deltas(batch):
        batch[place] = 0
    return signed(batch)


def _zigzag(number: int) -> int:
    return (number << 1) ^ (number >> 31)


def _offset_deltas(batch: bytearray) -> list[int]:
    """Where the small records of a batch keep theirs: length, attributes, delta of the time, delta of the offset."""
    found, place = [], RECORDS
    while place < len(batch):
        delta = place + 2
        while batch[delta] & 0x80:
            delta += 1
        found.append(delta + 1)
        place += 1 + (batch[place] >> 1)
    return found


async def send_broken(producer: AIOKafkaProducer, topic: str, spoil: Any, *values: bytes, partition: int = 0) -> int:
    """One batch of these records, spoilt on its way out; its first offset. The producer must not be idempotent."""
    batch: Any = producer.create_batch()
    for value in values:
        batch.append(key=b"k", value=value, timestamp=None, headers=[(HEADER_NAME, b"1")])
    batch.close()
    spoilt = spoil(bytearray(batch._build()))  # noqa: SLF001  its bytes, before they go
    batch._build = lambda: spoilt  # noqa: SLF001
    return int((await (await producer.send_batch(batch, topic, partition=partition))).offset)


async def send_bomb(bootstrap: str, topic: str, codec: str, size: int, partition: int = 0) -> int:
    """One record of `size` zeros, which is small as long as it is compressed; its offset."""
    async with AIOKafkaProducer(
        bootstrap_servers=bootstrap, compression_type=codec, max_request_size=2 * size, max_batch_size=2 * size
    ) as producer:
        return int((await producer.send_and_wait(topic, b"\0" * size, b"k", partition=partition)).offset)
