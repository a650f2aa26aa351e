"""Until when a group has heard everything on a topic: silence may only be counted up to then.

The broker is asked, not our own consumer: replicas share the partitions, and any may have the one on which an answer
lies. A look takes the end of each partition; once the group has committed as far, everything that was written before
the look has been read. So a backlog moves the moment back by its length and no further, however long it lasts; other
topics and other zones of trust count for nothing; and while the broker is away it stands still.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping
from datetime import UTC, datetime

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from chassis.messaging.security import connection_of
from chassis.runtime.settings import ServiceSettings
from contracts.topics import Topic

HEARD = Gauge("replies_heard_timestamp_seconds", "Until when all replies were read.", ["service"])
LOOK_EVERY = 1.0  # seconds
WITHIN = 10.0  # seconds for one look
MOST_LOOKS = 5_000  # of a partition, while a backlog lasts; later ones are left out
log = structlog.get_logger()


class Heard:
    """What follows from looks: pure. `until` is None as long as some partition was never read to the end of a look."""

    def __init__(self) -> None:
        self._looks: dict[int, deque[tuple[datetime, int]]] = {}
        self._until: dict[int, datetime] = {}

    def looked(self, at: datetime, ends: Mapping[int, int], read: Mapping[int, int]) -> None:
        """`ends` are the ends of the partitions, asked for not before `at`; `read` is where the group reads next."""
        for partition, end in ends.items():
            looks = self._looks.setdefault(partition, deque())
            if looks and looks[-1][1] > end:
                looks.clear()  # the log began anew: what lay in the old one will never be read
            if len(looks) < MOST_LOOKS:
                looks.append((at, end))
            while looks and looks[0][1] <= read[partition]:
                self._until[partition], _ = looks.popleft()

    @property
    def until(self) -> datetime | None:
        """Everything that was written before this moment has been read."""
        if not self._looks or self._looks.keys() != self._until.keys():
            return None
        return min(self._until.values())


class Hearing:
    """Looks again and again, as a job; `until` is the last answer."""

    def __init__(self, group: str, topic: Topic, settings: ServiceSettings) -> None:
        self._group, self._topic, self._settings = group, topic, settings
        self._heard = Heard()
        self._client: AIOKafkaConsumer | None = None
        # Not known yet, and deadlines stand still: the gauge is as old as this process then.
        HEARD.labels(group).set_to_current_time()

    def until(self) -> datetime | None:
        """None when it is not known yet."""
        return self._heard.until

    async def look(self) -> None:
        """A broker that does not answer is asked anew, by another client, the next time."""
        try:
            async with asyncio.timeout(WITHIN):
                await self._look()
        except (KafkaError, OSError) as error:  # TimeoutError is an OSError
            log.info("not known how far replies were read", error=repr(error))
            await self.close()
        if (until := self._heard.until) is not None:
            HEARD.labels(self._group).set(until.timestamp())

    async def _look(self) -> None:
        client = await self._connected()
        at = datetime.now(UTC)
        numbers = client.partitions_for_topic(self._topic.name) or ()
        partitions = [TopicPartition(self._topic.name, number) for number in sorted(numbers)]
        ends = await client.end_offsets(partitions)
        committed = await asyncio.gather(*(client.committed(one) for one in partitions))
        begins = await client.beginning_offsets(partitions)
        # What the topic has lost will never be committed, nor is anything when nothing was ever there.
        read = {one.partition: max(at_ or 0, begins[one]) for one, at_ in zip(partitions, committed, strict=True)}
        self._heard.looked(at, {one.partition: ends[one] for one in partitions}, read)

    async def _connected(self) -> AIOKafkaConsumer:
        """A client that asks for the group and never joins it."""
        if self._client is None:
            client = AIOKafkaConsumer(
                **connection_of(self._settings),
                client_id=f"{self._group}-hearing",
                group_id=self._group,
                enable_auto_commit=False,
                metadata_max_age_ms=self._settings.kafka_metadata_max_age_ms,
            )
            try:
                await client.start()
                await client.beginning_offsets([TopicPartition(self._topic.name, 0)])  # makes it know the partitions
            except BaseException:
                await _stopped(client)
                raise
            self._client = client
        return self._client

    async def close(self) -> None:
        """Give the connections back."""
        client, self._client = self._client, None
        if client is not None:
            await _stopped(client)


async def _stopped(client: AIOKafkaConsumer) -> None:
    with contextlib.suppress(KafkaError, OSError):
        async with asyncio.timeout(5):
            await client.stop()
