"""Nothing on a topic stops the poll: every codec is read, and what nobody can read is stepped over and told of."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from chassis.messaging.decompressing import MOST
from testkit.broken_batches import (
    gzip_of_nothing,
    header_name_that_is_no_utf8,
    send_bomb,
    send_broken,
    unknown_codec,
    wrong_checksum,
)

from .receiver import Receiver


@pytest.fixture
async def stranger(broker: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=broker)
    await producer.start()
    yield producer
    await producer.stop()


async def send(producer: AIOKafkaProducer, receiver: Receiver, *values: bytes, **more: Any) -> None:
    for value in values:
        await producer.send_and_wait(receiver.topic.name, value, b"k", partition=0, **more)


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_every_codec_of_kafka_is_read(broker: str, codec: str) -> None:
    receiver = Receiver(broker)
    producer = AIOKafkaProducer(bootstrap_servers=broker, compression_type=codec)
    await producer.start()
    await send(producer, receiver, b"a" * 1000, b"b")
    async with receiver.listening():
        await receiver.until_handled({b"a" * 1000, b"b"})
    await producer.stop()
    assert receiver.gaps == []


@pytest.mark.parametrize("spoil", [unknown_codec, wrong_checksum, gzip_of_nothing])
async def test_a_batch_that_nobody_can_read_is_stepped_over(
    broker: str, stranger: AIOKafkaProducer, spoil: Any
) -> None:
    receiver = Receiver(broker)
    await send(stranger, receiver, b"before")
    await send_broken(stranger, receiver.topic.name, spoil, b"x", b"y", b"z")
    await send(stranger, receiver, b"after")
    async with receiver.listening():
        await receiver.until_handled({b"before", b"after"})
    assert receiver.handled == [b"before", b"after"]
    ((gap),) = receiver.gaps
    assert (gap.topic, gap.partition, gap.offset, gap.last) == (receiver.topic.name, 0, 1, 3)
    assert await receiver.committed() == 5


@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_a_batch_that_becomes_too_large_is_stepped_over(
    broker: str, stranger: AIOKafkaProducer, codec: str
) -> None:
    receiver = Receiver(broker)
    await send(stranger, receiver, b"before")
    await send_bomb(broker, receiver.topic.name, codec, MOST + 1)
    await send(stranger, receiver, b"after")
    async with receiver.listening():
        await receiver.until_handled({b"before", b"after"})
    assert receiver.handled == [b"before", b"after"]
    ((gap),) = receiver.gaps
    assert (gap.offset, gap.last) == (1, 1)
    assert f"more than {MOST} bytes" in gap.reason().args[0]


async def test_broken_batches_in_a_row_cost_one_step_each_and_are_told_apart(
    broker: str, stranger: AIOKafkaProducer
) -> None:
    """Not one for each of their records, which are as many as a stranger likes."""
    receiver, many = Receiver(broker), [b"x"] * 900
    await send(stranger, receiver, b"before")
    for spoil in (unknown_codec, wrong_checksum, wrong_checksum, gzip_of_nothing):
        await send_broken(stranger, receiver.topic.name, spoil, *many)
    await send_broken(stranger, receiver.topic.name, header_name_that_is_no_utf8, b"bad")
    await send(stranger, receiver, b"after")
    steps: list[int] = []
    async with receiver.listening() as consumer:
        seek = consumer._subscriber.consumer.seek
        consumer._subscriber.consumer.seek = lambda where, offset: (steps.append(offset), seek(where, offset))
        await receiver.until_handled({b"before", b"after"})
    assert steps == [1, 1, 901, 1801, 2701, 3601, 3602]  # the first is asked for again, the others lie right behind it
    assert [(gap.offset, gap.last) for gap in receiver.gaps] == [(1, 900), (901, 2700), (2701, 3600), (3601, 3601)]


async def test_the_good_records_before_a_bad_header_name_are_handled(broker: str, stranger: AIOKafkaProducer) -> None:
    receiver = Receiver(broker)
    await send(stranger, receiver, b"before")
    await send_broken(stranger, receiver.topic.name, header_name_that_is_no_utf8, b"bad")
    await send(stranger, receiver, b"after")
    async with receiver.listening():
        await receiver.until_handled({b"before", b"after"})
    assert b"bad" not in receiver.handled
    assert [(gap.offset, gap.last) for gap in receiver.gaps] == [(1, 1)]
    assert "the name of a header of a record is not UTF-8" in receiver.gaps[0].reason().args[0]


async def test_a_broken_end_of_a_topic_is_left_behind_too(broker: str, stranger: AIOKafkaProducer) -> None:
    receiver = Receiver(broker)
    await send(stranger, receiver, b"before")
    await send_broken(stranger, receiver.topic.name, wrong_checksum, b"x")
    async with receiver.listening():
        await receiver.until_told(1)
        await send(stranger, receiver, b"after")
        await receiver.until_handled({b"before", b"after"})
    assert [(gap.offset, gap.last) for gap in receiver.gaps] == [(1, 1)]


async def test_a_gap_that_cannot_be_told_of_yet_is_told_when_the_database_is_back(
    broker: str, stranger: AIOKafkaProducer
) -> None:
    receiver = Receiver(broker)
    await send_broken(stranger, receiver.topic.name, unknown_codec, b"x")
    await send(stranger, receiver, b"after")
    receiver.fails = [OSError("the database is away")]
    async with receiver.listening():
        await receiver.until_handled({b"after"})
    assert [gap.offset for gap in receiver.gaps] == [0, 0]
    assert receiver.handled == [b"after"]
