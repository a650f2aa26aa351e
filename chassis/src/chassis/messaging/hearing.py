"""Until when a group has heard everything on a topic: silence may only be counted up to then.

The broker is asked, not our own consumer: replicas share the partitions, and any may have the one on which an answer
lies. A look takes the end of each partition; once the group has committed as far, everything that was written before
the look has been read. So a backlog moves the moment back by its length and no further, however long it lasts; other
topics and other zones of trust count for nothing; and while the broker is away it stands still.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from prometheus_client import Gauge

from chassis.messaging.security import connection_of
from chassis.runtime.settings import ServiceSettings

REPLIES = Gauge("replies_heard_timestamp_seconds", "Until when all replies were read.", ["service"])
COMMANDS = Gauge("commands_heard_timestamp_seconds", "Until when a service has read all its commands.", ["service"])
LOOK_EVERY = 2.0  # seconds
WITHIN = 10.0  # seconds for one look
MOST_LOOKS = 5_000  # of a partition, while a backlog lasts; later ones are left out
log = structlog.get_logger()


class Looks:
    """What follows from looks at a topic: pure. `until` is None as long as some partition was never read to an end."""

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


class Place(NamedTuple):
    """`group` reads `topic`; `shown` is where it is told how far."""

    group: str
    topic: str
    shown: Gauge


class Clients(NamedTuple):
    """One asks how far topics go, the other how far groups have read; neither joins. `coordinators` are by group."""

    consumer: AIOKafkaConsumer
    admin: AIOKafkaAdminClient
    coordinators: dict[str, int]


class Hearing:
    """Looks again and again, as a job; `until` is the last answer."""

    def __init__(self, service: str, places: Sequence[Place], settings: ServiceSettings) -> None:
        self._service, self._places, self._settings = service, places, settings
        self._looks = {place.topic: Looks() for place in places}
        self._clients: Clients | None = None
        for place in places:
            # Not known yet, and deadlines stand still: the gauge is as old as this process then.
            place.shown.labels(place.group).set_to_current_time()

    def until(self, topic: str) -> datetime | None:
        """None when it is not known yet."""
        return self._looks[topic].until

    async def look(self) -> None:
        """A broker that does not answer is asked anew, by another client, the next time."""
        try:
            async with asyncio.timeout(WITHIN):
                await self._look()
        except (KafkaError, OSError, AttributeError) as error:
            # TimeoutError is an OSError; the client library looks for the reason of a partition where there is none.
            log.info("not known how far was read", error=repr(error))
            await self.close()
        for place in self._places:
            if (until := self._looks[place.topic].until) is not None:
                place.shown.labels(place.group).set(until.timestamp())

    async def _look(self) -> None:
        clients = await self._connected()
        at = datetime.now(UTC)
        partitions = {place.topic: _partitions(clients.consumer, place.topic) for place in self._places}
        ends = await clients.consumer.end_offsets([one for some in partitions.values() for one in some])
        read: dict[TopicPartition, int] = {}
        for place in self._places:
            read |= await _committed(clients, place.group, partitions[place.topic])
        # What a topic has lost will never be committed, nor is anything when nothing was ever there.
        behind = [one for one, end in ends.items() if read[one] < end]
        begins = await clients.consumer.beginning_offsets(behind) if behind else {}
        read |= {one: max(read[one], begin) for one, begin in begins.items()}
        for topic, its in partitions.items():
            self._looks[topic].looked(
                at, {one.partition: ends[one] for one in its}, {one.partition: read[one] for one in its}
            )

    async def _connected(self) -> Clients:
        if self._clients is None:
            named = {**connection_of(self._settings), "client_id": f"{self._service}-hearing"}
            fresh = {**named, "metadata_max_age_ms": self._settings.kafka_metadata_max_age_ms}
            clients = Clients(AIOKafkaConsumer(**fresh), AIOKafkaAdminClient(**fresh), {})
            try:
                await clients.consumer.start()
                await clients.admin.start()
                for place in self._places:  # makes it know the partitions
                    await clients.consumer.beginning_offsets([TopicPartition(place.topic, 0)])
            except BaseException:
                await _stopped(clients)
                raise
            self._clients = clients
        return self._clients

    async def close(self) -> None:
        """Give the connections back."""
        clients, self._clients = self._clients, None
        if clients is not None:
            await _stopped(clients)


def _partitions(consumer: AIOKafkaConsumer, topic: str) -> list[TopicPartition]:
    return [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]


async def _committed(clients: Clients, group: str, partitions: list[TopicPartition]) -> dict[TopicPartition, int]:
    """Where the group reads next, 0 where it has never read."""
    if group not in clients.coordinators:
        clients.coordinators[group] = await clients.admin.find_coordinator(group)
    found = await clients.admin.list_consumer_group_offsets(group, clients.coordinators[group], partitions)
    return {one: max(found[one].offset, 0) if one in found else 0 for one in partitions}


async def _stopped(clients: Clients) -> None:
    await asyncio.gather(_within_seconds(clients.consumer.stop()), _within_seconds(clients.admin.close()))


async def _within_seconds(stopping: Awaitable[None]) -> None:
    with contextlib.suppress(KafkaError, OSError):
        async with asyncio.timeout(5):
            await stopping
