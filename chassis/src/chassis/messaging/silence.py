"""A consumer that hears nothing: the client library may lose its fetching or its group for good.

It happens when a broker comes back without memory. Records wait, none is in hand, and none has come for a while: then
a consumer that joins anew hears again.
"""

import asyncio
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import KafkaError

LOOK_EVERY = 3.0  # seconds
SILENT_AFTER = 3  # looks in a row that found records and none heard


async def records_wait(consumer: Any) -> bool:
    """Does the broker hold records that `consumer` should have had, or fewer than it believes it has read?"""
    partitions = list(consumer.assignment()) if consumer is not None else []
    if not partitions:
        return False
    try:
        async with asyncio.timeout(LOOK_EVERY):
            ends = await consumer.end_offsets(partitions)
    except (KafkaError, TimeoutError, OSError):
        return False  # the broker is away: there is nothing to hear
    try:
        async with asyncio.timeout(LOOK_EVERY):
            places = [await consumer.position(one) for one in partitions]
    except (KafkaError, TimeoutError, OSError):
        return True  # it has not even found out where to read
    return any(place != ends[one] for place, one in zip(places, partitions, strict=True))


async def position_now(consumer: Any, partition: TopicPartition) -> int | None:
    """Where it reads next; None when that is not known yet.

    The client library would wait until it is: for ever, when the consumer is stopped meanwhile.
    """
    try:
        async with asyncio.timeout(0):
            return int(await consumer.position(partition))
    except (KafkaError, TimeoutError):
        return None


class Silence:
    """Counts the looks in a row that found records waiting and nothing happening."""

    def __init__(self) -> None:
        self._looks = 0
        self._batches = 0

    def noted(self, *, waiting: bool, busy: bool, batches: int) -> bool:
        """True when it has lasted too long; the count then begins anew. `batches` is how many were heard so far."""
        quiet = waiting and not busy and batches == self._batches
        self._looks = self._looks + 1 if quiet else 0
        self._batches = batches
        if self._looks < SILENT_AFTER:
            return False
        self._looks = 0
        return True
