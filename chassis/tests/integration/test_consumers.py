"""Zones of trust: nothing on one delays another."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from chassis.messaging.consumers import Consumers, zones
from chassis.messaging.service import Service
from chassis.runtime.settings import ServiceSettings
from contracts import topics
from contracts.topics import Topic, group_of
from testkit.time import eventually


def test_a_service_has_a_group_for_each_zone_that_it_listens_to() -> None:
    listens_to = [topics.ORDERS_REPLIES, topics.NUMBERS_EVENTS, topics.ORDERS_SUBMISSIONS, topics.DEAD_LETTERS]
    found = {group_of("order-intake", zone): its for zone, its in zones(Service("order-intake", listens_to)).items()}
    assert found == {
        "order-intake": [topics.ORDERS_REPLIES, topics.NUMBERS_EVENTS],
        "order-intake.strangers": [topics.ORDERS_SUBMISSIONS],
        "order-intake.dead-letters": [topics.DEAD_LETTERS],
    }


def test_only_what_portals_write_is_a_strangers() -> None:
    assert [topic.name for topic in topics.ALL if topic.zone == "strangers"] == [
        topic.name for topic in topics.ALL if topic.writers == ("portal",)
    ]


async def test_a_batch_of_strangers_that_takes_for_ever_delays_nobody_else(
    broker: str, producer: AIOKafkaProducer
) -> None:
    name, stuck = f"toy-{uuid4().hex}", asyncio.Event()
    ours, theirs = Topic(f"{name}.replies", (), ()), Topic(f"{name}.submissions", (), (), zone="strangers")
    handled: list[bytes] = []

    async def handle(records: Sequence[Any]) -> None:
        if records[0].topic == theirs.name:
            await stuck.wait()
        handled.extend(record.value for record in records)

    async def step_over(_: Sequence[Any]) -> None:
        raise AssertionError("nothing is broken here")

    settings = ServiceSettings(
        database_url="postgresql://nowhere/none",
        kafka_bootstrap=broker,
        kafka_fetch_max_wait_ms=10,
        kafka_session_timeout_ms=3000,
        kafka_metadata_max_age_ms=500,
    )
    await producer.send_and_wait(theirs.name, b"theirs", b"k")
    await producer.send_and_wait(ours.name, b"first", b"k")
    consumers = Consumers(Service(name, [ours, theirs]), settings, handle, step_over)
    await consumers.start()

    async def replies_flow() -> bool:
        return b"second" in handled

    async def everybody_listens() -> bool:
        return all((await consumers.partitions()).values())

    await eventually(everybody_listens)
    await producer.send_and_wait(ours.name, b"second", b"k")
    await eventually(replies_flow)
    assert handled == [b"first", b"second"]
    stuck.set()
    await consumers.stop()
    assert sorted(handled) == [b"first", b"second", b"theirs"]
