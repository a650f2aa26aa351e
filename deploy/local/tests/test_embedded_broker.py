"""The embedded broker over the wire, with the client the services use."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from contracts import topics
from contracts.topics import Topic
from dialtone.stack.brokers import EmbeddedBroker
from dialtone.stack.errors import StackError
from dialtone.stack.ports import free_port

pytestmark = pytest.mark.integration

TOPIC = topics.ORDERS_REPLIES.name
# One of each zone of trust: order-intake reads each in a group of its own.
ZONES = (topics.ORDERS_REPLIES, topics.ORDERS_SUBMISSIONS, topics.DEAD_LETTERS)


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[EmbeddedBroker]:
    broker = EmbeddedBroker(tmp_path, port=free_port())
    await broker.start()
    yield broker
    await broker.stop()


@pytest.fixture
async def producer(broker: EmbeddedBroker) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    yield producer
    await producer.stop()


@pytest.fixture
def topic(request: pytest.FixtureRequest) -> Topic:
    chosen: Topic = getattr(request, "param", topics.ORDERS_REPLIES)
    return chosen


@pytest.fixture
async def consumer(broker: EmbeddedBroker, topic: Topic) -> AsyncIterator[AIOKafkaConsumer]:
    consumer = AIOKafkaConsumer(
        topic.name,
        bootstrap_servers=broker.bootstrap,
        group_id=topics.group_of("order-intake", topic.zone),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=3000,
        heartbeat_interval_ms=500,
        fetch_max_wait_ms=10,
    )
    await consumer.start()
    yield consumer
    await consumer.stop()


async def send(producer: AIOKafkaProducer, *values: str) -> None:
    for value in values:
        await producer.send_and_wait(TOPIC, value.encode(), key=b"order-1")


async def read_until(consumer: AIOKafkaConsumer, wanted: set[str], patience: float = 60.0) -> list[str]:
    """Handle batches as a service does, commit included."""
    seen: list[str] = []
    deadline = time.monotonic() + patience
    while not wanted <= set(seen):
        assert time.monotonic() < deadline, f"only {seen} of {sorted(wanted)} came"
        batches = await consumer.getmany(timeout_ms=50)
        seen += [(record.value or b"").decode() for records in batches.values() for record in records]
        if batches:
            try:
                await consumer.commit()
            except Exception as error:  # noqa: BLE001  a commit lost in a restart is what the inbox is for
                print(f"commit: {error!r}")
    return seen


async def test_topics_have_the_partitions_that_the_contracts_declare(producer: AIOKafkaProducer) -> None:
    for topic in topics.ALL:
        assert len(await producer.partitions_for(topic.name)) == topic.partitions


async def test_the_first_member_of_a_group_gets_its_partitions(
    producer: AIOKafkaProducer, consumer: AIOKafkaConsumer
) -> None:
    await send(producer, "a")
    assert await read_until(consumer, {"a"}) == ["a"]


async def test_clients_go_on_when_the_broker_is_killed_and_comes_back_empty(
    broker: EmbeddedBroker, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer
) -> None:
    before = {f"before-{number}" for number in range(50)}
    await send(producer, *before)
    await read_until(consumer, before)  # so the committed offsets lie beyond the end of the new log
    killed = broker.pid

    await broker.restart_empty()
    assert broker.pid != killed
    await send(producer, "after-0", "after-1")
    await read_until(consumer, {"after-0", "after-1"})

    positions = [await consumer.position(TopicPartition(TOPIC, number)) for number in range(6)]
    assert sum(positions) == 2  # nothing of the old log is left


@pytest.mark.parametrize("topic", ZONES, ids=lambda topic: topic.zone, indirect=True)
async def test_a_member_of_any_group_outlives_its_heartbeats_to_a_broker_that_came_back_empty(
    broker: EmbeddedBroker, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, topic: Topic
) -> None:
    await broker.restart_empty()
    for _ in range(20):
        assert await consumer.getmany(timeout_ms=100) == {}  # raises once a heartbeat was refused for good
    await producer.send_and_wait(topic.name, b"after")
    await read_until(consumer, {"after"})


async def test_what_is_sent_while_the_broker_is_down_arrives_when_it_is_back(
    broker: EmbeddedBroker, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer
) -> None:
    await send(producer, "a")
    await read_until(consumer, {"a"})
    await broker.kill()
    sending = asyncio.create_task(send(producer, "b", "c"))
    await asyncio.sleep(1)
    await broker.start()
    await sending
    await read_until(consumer, {"b", "c"})


async def test_a_busy_port_is_one_clear_sentence(broker: EmbeddedBroker, tmp_path: Path) -> None:
    port = int(broker.bootstrap.rpartition(":")[2])
    second = EmbeddedBroker(tmp_path / "second", port=port)
    with pytest.raises(StackError, match=f"^Port {port}, wanted for the broker, is already in use: [^\n]*$"):
        await second.start()
