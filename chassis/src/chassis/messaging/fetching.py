"""Polling that nothing on a topic can stop: what cannot be fetched is stepped over, and told of.

A poll brings a `Broken` in the place of what cannot be read. It is asked for again, and after a few tries the place is
left behind, with all that its batch withholds. Other partitions, and the good records before it, go on meanwhile.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid5

from aiokafka import TopicPartition
from prometheus_client import Counter

from chassis.errors import Permanent
from chassis.messaging import batches, decompressing
from chassis.messaging.batches import Broken
from chassis.messaging.incoming import Headers
from chassis.messaging.losses import Losses

TRIES = 3  # polls that begin at one place before it is left behind
MOST_POLLS = 100  # in a row that bring no record, with broken places left: then they are told of
STEPPED_OVER = Counter("records_stepped_over_total", "Offsets that could not be fetched.", ["service", "topic"])
LETTERS = UUID("3f0e4a86-5d7e-4d0c-9f0a-0f6f2f6f5a11")  # the namespace of their ids
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
    mark: bytes
    key: bytes | None = None
    value: bytes | None = None
    headers: Headers = field(default_factory=list)

    def letter_id(self, service: str) -> str:
        """Of its dead letter: the same however often this service meets it, and another when the topic began anew."""
        place = f"{service}:{self.topic}:{self.partition}:{self.offset}:{self.mark.hex()}"
        return uuid5(LETTERS, place).hex

    def reason(self) -> NotFetchable:
        """Why it is a dead letter."""
        return NotFetchable(f"Offsets {self.offset} to {self.last} of {self.topic}[{self.partition}]: {self.cause}")


class Fetching:
    """Takes the place of `poll`, which answers the next records of a consumer. `gaps` are not told of yet."""

    def __init__(self, service: str, poll: Poll) -> None:
        decompressing.bound()
        batches.distrust()
        self._service, self._poll = service, poll
        self._tried: dict[TopicPartition, tuple[int, int]] = {}
        self.losses = Losses(service)
        self.gaps: list[Gap] = []

    async def poll(self, consumer: Any) -> tuple[Any, ...]:
        """Raises what the client library raises for an outage."""
        for _ in range(MOST_POLLS):
            records = self._good(consumer, await self._poll(consumer))
            if records or not self._more_lies_behind(consumer):
                break
        await self.losses.look(consumer, records)
        return records

    def _more_lies_behind(self, consumer: Any) -> bool:
        """Behind what was left just now: if it is broken in the same way, it is told of together."""
        ends = {TopicPartition(gap.topic, gap.partition): gap.last for gap in self.gaps}
        return any(
            last + 1 < (consumer.highwater(one) or 0) for one, last in ends.items() if one in consumer.assignment()
        )

    def _good(self, consumer: Any, polled: tuple[Any, ...]) -> tuple[Any, ...]:
        broken = [one for one in polled if isinstance(one, Broken)]
        if not broken:
            return polled
        good = tuple(one for one in polled if not isinstance(one, Broken))
        handed_on = {TopicPartition(record.topic, record.partition) for record in good}
        for place in broken:
            partition = TopicPartition(place.topic, place.partition)
            if partition in handed_on or self._may_be_tried_again(partition, place):
                consumer.seek(partition, place.offset)
            else:
                self._leave(consumer, partition, place)
        return good

    def _may_be_tried_again(self, partition: TopicPartition, place: Broken) -> bool:
        """Only a poll that begins at a place is a try: what lies before it is handled, by then."""
        where, tries = self._tried.get(partition, (place.offset, 0))
        tries = tries + 1 if where == place.offset else 1
        self._tried[partition] = (place.offset, tries)
        return tries < TRIES

    def _leave(self, consumer: Any, partition: TopicPartition, place: Broken) -> None:
        """Whatever the batch says, not beyond the end of the log. What lies broken right behind is not tried again."""
        last = max(min(place.last, consumer.highwater(partition) - 1), place.offset)
        consumer.seek(partition, last + 1)
        self.losses.expect(partition, last + 1)
        self._tried[partition] = (last + 1, TRIES)
        STEPPED_OVER.labels(self._service, partition.topic).inc(last - place.offset + 1)
        here = (place.topic, place.partition)
        before = next((gap for gap in reversed(self.gaps) if (gap.topic, gap.partition) == here), None)
        if before is not None and (before.last, before.cause) == (place.offset - 1, place.cause):
            before.last = last
        else:
            self.gaps.append(Gap(place.topic, place.partition, place.offset, last, place.cause, place.mark))
