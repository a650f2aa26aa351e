"""Records that a topic lost before we read them: counted, and told of once for each jump.

A gap between offsets is a loss only as far as the log begins behind it: retention, a full disk or an operator took what
was there. What compaction and the markers of transactions leave out lies behind that beginning and is no loss;
nor is what a topic lost before a group began to read it.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

import structlog
from aiokafka import TopicPartition
from aiokafka.errors import KafkaError
from prometheus_client import Counter

from contracts.topics import BY_NAME

LOST = Counter("records_lost_total", "Offsets that were gone before they were read.", ["service", "topic"])
WITHIN = 10.0  # seconds: the records of the poll wait meanwhile
log = structlog.get_logger()


class Losses:
    """Remembers which offset comes next on each partition that this consumer has."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._next: dict[TopicPartition, int] = {}

    def expect(self, partition: TopicPartition, offset: int) -> None:
        """The next record is this one: a place was left behind, or is read again."""
        self._next[partition] = offset

    async def look(self, consumer: Any, records: Sequence[Any]) -> None:
        """At what a poll has brought, partition by partition in order."""
        self._keep(consumer.assignment())
        for record in records:
            partition = TopicPartition(record.topic, record.partition)
            expected = self._next.get(partition)
            if expected is None or record.offset > expected:
                try:
                    async with asyncio.timeout(WITHIN):
                        await self._jump(consumer, partition, expected, record.offset)
                except (KafkaError, OSError) as error:  # the records are here, and matter more than the count
                    log.warning(
                        "a jump was not looked at", partition=partition, offset=record.offset, error=repr(error)
                    )
            self._next[partition] = record.offset + 1

    def _keep(self, assigned: Collection[TopicPartition]) -> None:
        """What was not ours meanwhile was read by another, up to wherever that was."""
        self._next = {partition: offset for partition, offset in self._next.items() if partition in assigned}

    async def _jump(self, consumer: Any, partition: TopicPartition, expected: int | None, found: int) -> None:
        if is_compacted(partition.topic):
            return
        committed = await consumer.committed(partition)  # another may have read on after we did
        first = max((offset for offset in (expected, committed) if offset is not None), default=found)
        if first >= found:
            return
        begins = (await consumer.beginning_offsets([partition]))[partition]
        lost = min(begins, found) - first
        if lost > 0:
            LOST.labels(self._service, partition.topic).inc(lost)
            log.error(
                "records were lost before they were read",
                topic=partition.topic,
                partition=partition.partition,
                first=first,
                last=first + lost - 1,
            )


def is_compacted(topic: str) -> bool:
    """Does the broker leave out records of it whose key has a newer one?"""
    return topic in BY_NAME and BY_NAME[topic].compacted
