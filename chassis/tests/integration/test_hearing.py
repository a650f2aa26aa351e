"""How far a group has read a topic, asked of a real Kafka protocol."""

import time
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer

from chassis.messaging.hearing import HEARD, Hearing
from chassis.runtime.settings import ServiceSettings
from testkit.time import eventually

from .receiver import Receiver


def hearing_of(receiver: Receiver) -> Hearing:
    settings = ServiceSettings(database_url="postgresql://nowhere/none", kafka_bootstrap=receiver.broker)
    return Hearing(receiver.name, receiver.topic, settings)


async def test_it_stands_still_while_records_lie_unread_and_goes_on_when_they_are_read(
    broker: str, producer: AIOKafkaProducer
) -> None:
    receiver = Receiver(broker)
    hearing = hearing_of(receiver)
    await producer.send_and_wait(receiver.topic.name, b"first", b"k")
    for _ in range(3):
        await hearing.look()
    assert hearing.until() is None
    unknown = HEARD.labels(receiver.name)._value.get()
    assert 0 < unknown < time.time()

    async def heard_since(moment: datetime) -> bool:
        await hearing.look()
        return (hearing.until() or moment) > moment

    async with receiver.listening():
        await receiver.until_handled({b"first"})
        await eventually(lambda: heard_since(datetime.now(UTC)), patience=30)
    before = datetime.now(UTC)
    await producer.send_and_wait(receiver.topic.name, b"second", b"k")
    for _ in range(3):
        await hearing.look()
    still = hearing.until()
    assert still is not None
    assert HEARD.labels(receiver.name)._value.get() == still.timestamp()
    assert still < before
    async with receiver.listening():
        await receiver.until_handled({b"second"})
        await eventually(lambda: heard_since(before), patience=30)
    await hearing.close()


async def test_a_topic_that_nobody_has_written_to_holds_nothing_back(broker: str, producer: AIOKafkaProducer) -> None:
    receiver = Receiver(broker)
    await producer.partitions_for(receiver.topic.name)
    hearing = hearing_of(receiver)

    async def known() -> bool:
        await hearing.look()
        return hearing.until() is not None

    await eventually(known, patience=30)
    await hearing.close()


async def test_a_broker_that_is_away_moves_nothing_and_breaks_nothing() -> None:
    hearing = hearing_of(Receiver("127.0.0.1:1"))
    await hearing.look()
    assert hearing.until() is None
    await hearing.close()
