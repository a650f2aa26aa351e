"""Apache Kafka takes the largest legal instance of each message, and the dead letters of the largest records.

They go out as a service sends them, and come in as a service reads them; topics are as the contracts say.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka import AIOKafkaProducer, TopicPartition

from chassis.messaging.consumer import Consumer
from chassis.messaging.dead_letters import LONGEST_MESSAGE, dead_letter
from chassis.messaging.outgoing import Outgoing, pack
from chassis.messaging.producer import started_producer
from chassis.messaging.reading import NotReadable
from chassis.messaging.references import VALUE_SHA256
from chassis.runtime.settings import ServiceSettings
from contracts.message import Message
from contracts.topics import ALL, BY_NAME, DEAD_LETTERS, Topic
from contracts.vocabulary import MESSAGES
from testkit.largest import largest, longest_envelope
from testkit.records import FakeRecord
from testkit.time import eventually
from tests.brokers.conftest import Cluster

WORST = NotReadable("\N{SNOWMAN}" * LONGEST_MESSAGE)
OVERHEAD = 200  # bytes of a batch around a record with one header


@pytest_asyncio.fixture(scope="module")
async def settings(cluster: Cluster) -> ServiceSettings:
    return ServiceSettings(database_url="postgresql://nowhere/none", kafka_bootstrap=cluster.bootstrap)


@pytest_asyncio.fixture(scope="module")
async def producer(settings: ServiceSettings) -> AsyncIterator[AIOKafkaProducer]:
    made = await started_producer("test", settings)
    yield made
    await made.stop()


async def there_and_back(producer: AIOKafkaProducer, settings: ServiceSettings, sent: Outgoing, name: str) -> None:
    """Sent by the producer of the relay, read by the consumer of a service that listens to this topic alone."""
    found = []

    async def handle(records: object) -> None:
        found.extend(record for record in records if record.key == sent.key)  # type: ignore[attr-defined]

    async def step_over(gaps: object) -> None:
        raise AssertionError(gaps)

    told = await (await producer.send(sent.topic, sent.value, sent.key, headers=sent.headers))
    consumer = Consumer(name, name, [BY_NAME[sent.topic]], settings, handle, step_over)
    await consumer.start()
    try:

        async def read() -> bool:
            return any((one.partition, one.offset) == (told.partition, told.offset) for one in found)

        await eventually(read)
    finally:
        await consumer.stop()
    (record,) = [one for one in found if TopicPartition(one.topic, one.partition) == told.topic_partition][-1:]
    assert (record.value, list(record.headers)) == (sent.value, sent.headers)


@pytest.mark.parametrize("model", MESSAGES.values(), ids=MESSAGES)
async def test_the_largest_instance_arrives(
    producer: AIOKafkaProducer, settings: ServiceSettings, model: type[Message]
) -> None:
    sent = pack(largest(model), longest_envelope(model))
    await there_and_back(producer, settings, sent, f"largest.{model.__name__}")


@pytest.mark.parametrize("model", MESSAGES.values(), ids=MESSAGES)
async def test_its_dead_letter_arrives_whole(
    producer: AIOKafkaProducer, settings: ServiceSettings, model: type[Message]
) -> None:
    record = pack(largest(model), longest_envelope(model))
    letter = dead_letter(FakeRecord(record.topic, record.key, record.value, record.headers), "toy", WORST)
    assert letter.value == record.value
    await there_and_back(producer, settings, letter, f"dead.{model.__name__}")


@pytest.mark.parametrize("topic", ALL, ids=lambda topic: topic.name)
async def test_the_dead_letter_of_the_largest_record_of_a_topic_arrives(
    producer: AIOKafkaProducer, settings: ServiceSettings, topic: Topic
) -> None:
    """Of a dead letter itself it keeps the two ends."""
    value = b"x" * (topic.max_message_bytes - OVERHEAD)
    letter = dead_letter(FakeRecord(topic.name, topic.name.encode(), value, [("strange", b"\xff")]), "toy", WORST)
    assert (VALUE_SHA256 in dict(letter.headers)) is (topic is DEAD_LETTERS)
    await there_and_back(producer, settings, letter, f"letters.{topic.name}")
