"""A service of its own with one topic of its own, on a real Kafka protocol."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, TopicPartition

from chassis.messaging.consumer import Consumer
from chassis.messaging.fetching import Gap
from chassis.runtime.settings import ServiceSettings
from contracts.topics import Topic
from testkit.time import eventually


class Receiver:
    """A service with one topic of its own; the next batches raise `fails`; while `congested` it reads nothing."""

    def __init__(self, broker: str) -> None:
        self.broker, self.name = broker, f"toy-{uuid4().hex}"
        self.topic = Topic(f"{self.name}.commands", (), ())
        self.batches: list[list[Any]] = []
        self.gaps: list[Gap] = []
        self.fails: list[BaseException] = []
        self.congested = False

    async def handle(self, records: Sequence[Any]) -> None:
        self.batches.append(list(records))
        if self.fails:
            raise self.fails.pop(0)

    async def step_over(self, gaps: Sequence[Gap]) -> None:
        self.gaps += gaps
        if self.fails:
            raise self.fails.pop(0)

    @property
    def handled(self) -> list[bytes]:
        """The values of everything that was handed over, as often as it was."""
        return [record.value for batch in self.batches for record in batch]

    def handled_on(self, partition: int) -> list[bytes]:
        """The same of one partition."""
        return [record.value for batch in self.batches for record in batch if record.partition == partition]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Consumer]:
        settings = ServiceSettings(
            database_url="postgresql://nowhere/none",
            kafka_bootstrap=self.broker,
            kafka_fetch_max_wait_ms=10,
            kafka_session_timeout_ms=3000,
            kafka_metadata_max_age_ms=500,
        )
        consumer = Consumer(
            self.name, self.name, [self.topic], settings, self.handle, self.step_over, lambda: self.congested
        )
        await consumer.start()
        try:
            yield consumer
        finally:
            await consumer.stop()

    async def until_handled(self, values: set[bytes]) -> None:
        async def all_there() -> bool:
            return values <= set(self.handled)

        await eventually(all_there)

    async def until_told(self, gaps: int) -> None:
        async def all_told() -> bool:
            return len(self.gaps) >= gaps

        await eventually(all_told)

    async def committed(self) -> int:
        """How many records of the topic the group will never get again."""
        reader = AIOKafkaConsumer(bootstrap_servers=self.broker, group_id=self.name, enable_auto_commit=False)
        await reader.start()
        try:
            partitions = reader.partitions_for_topic(self.topic.name) or {0, 1, 2, 3}
            return sum([await reader.committed(TopicPartition(self.topic.name, one)) or 0 for one in partitions])
        finally:
            await reader.stop()
