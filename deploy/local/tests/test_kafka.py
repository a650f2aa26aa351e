"""Apache Kafka as a supervised process. Needs java, and mvn once to fetch the jars."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts import topics
from dialtone.stack.kafka import Kafka
from dialtone.stack.kafka_jars import missing_tools
from dialtone.stack.ports import free_port
from dialtone.stack.topics import Applied, apply, settings_of
from testkit.needs import do_without

pytestmark = [pytest.mark.kafka, pytest.mark.integration]

TOPIC = topics.ORDERS_REPLIES.name


@pytest.fixture(scope="module")
async def kafka(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kafka]:
    if missing := missing_tools():
        do_without(f"APACHE KAFKA IS NOT TESTED HERE: {' and '.join(missing)} missing")
    kafka = Kafka(tmp_path_factory.mktemp("kafka"), port=free_port())
    await kafka.start()
    yield kafka
    await kafka.stop()


async def send(bootstrap: str, *values: bytes) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    for value in values:
        await producer.send_and_wait(TOPIC, value, key=b"order-1")
    await producer.stop()


async def read(bootstrap: str, count: int) -> list[bytes | None]:
    consumer = AIOKafkaConsumer(
        TOPIC,
        bootstrap_servers=bootstrap,
        group_id="order-intake",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        session_timeout_ms=3000,
        heartbeat_interval_ms=500,
    )
    await consumer.start()
    records = [(await consumer.getone()).value for _ in range(count)]
    await consumer.commit()
    await consumer.stop()
    return records


async def described(bootstrap: str) -> dict[str, int]:
    """Partitions of each topic."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    found = await admin.describe_topics([topic.name for topic in topics.ALL])
    await admin.close()
    return {topic["topic"]: len(topic["partitions"]) for topic in found}


async def test_the_topics_of_the_contracts_are_there_and_applying_them_again_changes_nothing(kafka: Kafka) -> None:
    assert await described(kafka.bootstrap) == {topic.name: topic.partitions for topic in topics.ALL}
    assert await apply({"bootstrap.servers": kafka.bootstrap}) == Applied((), ())


async def test_a_topic_from_before_gets_the_settings_of_today(kafka: Kafka) -> None:
    access = {"bootstrap.servers": kafka.bootstrap}
    old = replace(topics.ORDERS_REPLIES, name="replies.of-old", max_message_bytes=topics.MIB)
    assert await apply(access, [old]) == Applied(("replies.of-old",), ())
    today = replace(old, max_message_bytes=2 * topics.MIB)
    assert await apply(access, [today]) == Applied((), ("replies.of-old",))
    assert await apply(access, [today]) == Applied((), ())
    producer = AIOKafkaProducer(bootstrap_servers=kafka.bootstrap, max_request_size=2 * topics.MIB)
    await producer.start()
    await producer.send_and_wait("replies.of-old", b"x" * (topics.MIB + 1))
    await producer.stop()


def test_settings_are_those_of_the_contract() -> None:
    assert settings_of(topics.DEAD_LETTERS)["retention.ms"] == "-1"
    assert settings_of(topics.ORDERS_REPLIES)["max.message.bytes"] == str(2 * topics.MIB)


async def test_a_topic_of_facts_is_compacted_and_the_others_are_not(kafka: Kafka) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    (answer,) = await admin.describe_configs(
        [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics.ALL]
    )
    await admin.close()
    found = {name: {entry[0]: entry[1] for entry in entries} for _, _, _, name, entries in answer.resources}
    compacted = {name for name, settings in found.items() if settings["cleanup.policy"] == "compact"}
    assert compacted == {topic.name for topic in topics.ALL if topic.compacted}


async def test_records_and_offsets_survive_a_kill(kafka: Kafka) -> None:
    await send(kafka.bootstrap, b"a", b"b", b"c")
    assert await read(kafka.bootstrap, 1) == [b"a"]
    await kafka.kill()
    await kafka.start()
    assert await read(kafka.bootstrap, 2) == [b"b", b"c"]


async def test_an_empty_restart_keeps_the_address_and_nothing_else(kafka: Kafka) -> None:
    await send(kafka.bootstrap, b"lost")
    await kafka.restart_empty()
    await send(kafka.bootstrap, b"new")
    assert await read(kafka.bootstrap, 1) == [b"new"]
