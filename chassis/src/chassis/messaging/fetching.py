"""Polling that nothing on a topic can stop: what cannot be fetched is stepped over, and told of.

A record that cannot be decompressed or decoded makes every poll of the client library fail, and withholds the good
records before it. A poll that fails so is taken apart: each partition is asked by itself, the good records up to the
broken place are handed on, and after a few tries the place is left behind, with all that its batch withholds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import (
    ConsumerStoppedError,
    CorruptRecordException,
    KafkaError,
    RecordTooLargeError,
    UnsupportedCodecError,
)
from prometheus_client import Counter

from chassis.errors import Permanent
from chassis.messaging import decompressing
from chassis.messaging.incoming import Headers
from chassis.messaging.losses import Losses

TRIES = 3  # polls that fail at one place before it is left behind
PATIENCE = 1.0  # seconds to wait for a record that the broker says is there
STEPPED_OVER = Counter("records_stepped_over_total", "Offsets that could not be fetched.", ["service", "topic"])
log = structlog.get_logger()
Poll = Callable[[Any], Awaitable[tuple[Any, ...]]]


class NotFetchable(Permanent):
    """The broker holds something here that no client can read."""

    code = "record-not-fetchable"


@dataclass(slots=True)
class Gap:
    """What was left behind, in the shape of a record: `offset` is its first, `last` its last offset."""

    topic: str
    partition: int
    offset: int
    last: int
    cause: str
    key: bytes | None = None
    value: bytes | None = None
    headers: Headers = field(default_factory=list)

    def reason(self) -> NotFetchable:
        """Why it is a dead letter."""
        return NotFetchable(f"Offsets {self.offset} to {self.last} of {self.topic}[{self.partition}]: {self.cause}")


def is_broken(error: BaseException) -> bool:
    """Is it the content that fails, and not the broker or the way to it?"""
    content = (UnsupportedCodecError, CorruptRecordException, RecordTooLargeError)
    return isinstance(error, content) or not isinstance(
        error, KafkaError | ConsumerStoppedError | ConnectionError | TimeoutError
    )


def last_of_batch(error: BaseException, first: int) -> int:
    """The last offset of the batch that could not be read from `first` on; `first` itself when that is not known.

    Stepping through a batch one by one would fetch and check it again for each of its records, which are as many as a
    stranger likes. The library keeps the batch to itself: it stands where the error was raised.
    """
    step = error.__traceback__
    while step is not None:
        batch = step.tb_frame.f_locals.get("next_batch")
        if batch is not None:
            return max(int(batch.next_offset) - 1, first)
        step = step.tb_next
    return first


class Fetching:
    """Takes the place of `poll`, which answers the next records of a consumer. `gaps` are not told of yet."""

    def __init__(self, service: str, poll: Poll) -> None:
        decompressing.bound()
        self._service, self._poll = service, poll
        self._failed: dict[tuple[TopicPartition, int], int] = {}
        self.losses = Losses(service)
        self.gaps: list[Gap] = []

    async def poll(self, consumer: Any) -> tuple[Any, ...]:
        """Raises what the client library raises for an outage."""
        records = await self._next_records(consumer)
        await self.losses.look(consumer, records)
        return records

    async def _next_records(self, consumer: Any) -> tuple[Any, ...]:
        try:
            return await self._poll(consumer)
        except Exception as error:
            if not is_broken(error):
                raise
            log.warning("a poll failed and is taken apart", error=repr(error))
        found: list[Any] = []
        for partition in sorted(consumer.assignment()):
            found += await self._apart(consumer, partition)
        return tuple(found)

    async def _apart(self, consumer: Any, partition: TopicPartition) -> Sequence[Any]:
        """The records of a partition up to the first that cannot be fetched."""
        found: list[Any] = []
        while (one := await self._next(consumer, partition)) is not None:
            if isinstance(one, Exception):
                found += await self._broken(consumer, partition, one)
                break
            found.append(one)
        return found

    async def _next(self, consumer: Any, partition: TopicPartition) -> Any:
        """A record, the error in its place, or None at the end of what is there."""
        end = consumer.highwater(partition)
        if end is not None and await consumer.position(partition) >= end:
            return None
        try:
            async with asyncio.timeout(PATIENCE):
                return await consumer.getone(partition)
        except TimeoutError:
            return None
        except Exception as error:
            if not is_broken(error):
                raise
            return error

    async def _broken(self, consumer: Any, partition: TopicPartition, error: Exception) -> Sequence[Any]:
        """Leaves the place behind when it has failed often enough; answers the record behind, if there is one."""
        first = await consumer.position(partition)
        tries = self._failed.get((partition, first), 0) + 1
        if tries < TRIES:
            self._failed[partition, first] = tries
            return ()
        self._failed.pop((partition, first), None)
        behind: Any = error
        while isinstance(behind, Exception):
            last = last_of_batch(behind, first)
            self._leave(partition, first, last, repr(behind))
            behind, first = await self._behind(consumer, partition, last), last + 1
        return () if behind is None else (behind,)

    def _leave(self, partition: TopicPartition, first: int, last: int, cause: str) -> None:
        """What is broken in the same way side by side is one gap."""
        STEPPED_OVER.labels(self._service, partition.topic).inc(last - first + 1)
        before = self.gaps[-1] if self.gaps else None
        place = (partition.topic, partition.partition, first - 1, cause)
        if before is not None and (before.topic, before.partition, before.last, before.cause) == place:
            before.last = last
        else:
            self.gaps.append(Gap(partition.topic, partition.partition, first, last, cause))

    async def _behind(self, consumer: Any, partition: TopicPartition, offset: int) -> Any:
        consumer.seek(partition, offset + 1)
        return await self._next(consumer, partition)
