"""How far a group has read a topic, asked of a real Kafka protocol."""

import time
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer

from chassis.messaging.hearing import COMMANDS, REPLIES, Hearing, Place
from chassis.runtime.settings import ServiceSettings
from testkit.time import eventually

from .receiver import Receiver


def hearing_of(receiver: Receiver) -> Hearing:
    settings = ServiceSettings(database_url="postgresql://nowhere/none", kafka_bootstrap=receiver.broker)
    return Hearing("toy", [Place(receiver.name, receiver.topic.name, REPLIES)], settings)


def until(hearing: Hearing, receiver: Receiver) -> datetime | None:
    return hearing.until(receiver.topic.name)


async def test_it_stands_still_while_records_lie_unread_and_goes_on_when_they_are_read(
    broker: str, producer: AIOKafkaProducer
) -> None:
    receiver = Receiver(broker)
    hearing = hearing_of(receiver)
    await producer.send_and_wait(receiver.topic.name, b"first", b"k")
    for _ in range(3):
        await hearing.look()
    assert until(hearing, receiver) is None
    unknown = REPLIES.labels(receiver.name)._value.get()
    assert 0 < unknown < time.time()

    async def heard_since(moment: datetime) -> bool:
        await hearing.look()
        return (until(hearing, receiver) or moment) > moment

    async with receiver.listening():
        await receiver.until_handled({b"first"})
        await eventually(lambda: heard_since(datetime.now(UTC)))
    before = datetime.now(UTC)
    await producer.send_and_wait(receiver.topic.name, b"second", b"k")
    for _ in range(3):
        await hearing.look()
    still = until(hearing, receiver)
    assert still is not None
    assert REPLIES.labels(receiver.name)._value.get() == still.timestamp()
    assert still < before
    async with receiver.listening():
        await receiver.until_handled({b"second"})
        await eventually(lambda: heard_since(before))
    await hearing.close()


async def test_a_topic_that_nobody_has_written_to_holds_nothing_back(broker: str, producer: AIOKafkaProducer) -> None:
    receiver = Receiver(broker)
    await producer.partitions_for(receiver.topic.name)
    hearing = hearing_of(receiver)

    async def known() -> bool:
        await hearing.look()
        return until(hearing, receiver) is not None

    await eventually(known)
    await hearing.close()


async def test_a_broker_that_is_away_moves_nothing_and_breaks_nothing() -> None:
    receiver = Receiver("127.0.0.1:1")
    hearing = hearing_of(receiver)
    await hearing.look()
    assert until(hearing, receiver) is None
    await hearing.close()


async def test_each_reader_is_asked_for_its_own_topic(broker: str, producer: AIOKafkaProducer) -> None:
    reader, deaf = Receiver(broker), Receiver(broker)
    settings = ServiceSettings(database_url="postgresql://nowhere/none", kafka_bootstrap=broker)
    hearing = Hearing("toy", [Place(one.name, one.topic.name, COMMANDS) for one in (reader, deaf)], settings)
    for one in (reader, deaf):
        await producer.send_and_wait(one.topic.name, b"first", b"k")

    async def the_reader_has_read() -> bool:
        await hearing.look()
        return until(hearing, reader) is not None

    async with reader.listening():
        await eventually(the_reader_has_read)
    assert until(hearing, deaf) is None
    assert COMMANDS.labels(reader.name)._value.get() == until(hearing, reader).timestamp()  # type: ignore[union-attr]
    await hearing.close()
