"""The FastStream batch subscriber that feeds the boundary, with the traps of its defaults closed.

Offsets are ours (MANUAL): those of handled batches are committed a few times a second, explicitly, so no commit ever
passes a batch that is still in hand, and what a crash leaves uncommitted comes again and is known to the inbox. What
escapes the boundary is an outage of our own database: the batch is rewound after a pause. The parser never looks at
header values, because FastStream's own loses a whole batch when one of them is null or not UTF-8.
"""

import asyncio
import dataclasses
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import structlog
from aiokafka import ConsumerRecord, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from prometheus_client import Counter

from chassis.messaging.counting import Counting
from chassis.messaging.fetching import Fetching, Gap
from chassis.messaging.offsets import Offsets
from chassis.messaging.reaching import start_patiently
from chassis.messaging.security import security_of, servers_of
from chassis.messaging.silence import LOOK_EVERY, Silence, records_wait
from chassis.runtime.settings import ServiceSettings
from contracts.topics import Topic

REJOINED = Counter("consumer_rejoined_total", "Consumers that heard nothing and joined anew.", ["service"])
COMMIT_EVERY = 0.2  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0  # seconds before a rewound batch is polled again; doubles
Handle = Callable[[Sequence[Any]], Awaitable[None]]
StepOver = Callable[[Sequence[Gap]], Awaitable[None]]
log = structlog.get_logger()


async def parse(records: Any, original: Callable[[Any], Awaitable[Any]]) -> Any:
    """FastStream's message around the untouched records."""
    blank = dataclasses.replace(records[0], headers=(), value=b"")
    message = await original((blank,))
    message.raw_message = records
    return message


async def decode(message: Any) -> Any:
    """The handler gets the records themselves."""
    return message.raw_message


class Consumer:
    """One consumer of some topics of a service, in a group of its own.

    `handle` takes a batch, `step_over` what could not be fetched; what they raise is an outage of our database, and is
    sat out as long as it lasts.
    """

    def __init__(
        self,
        group: str,
        service: str,
        topics: Sequence[Topic],
        settings: ServiceSettings,
        handle: Handle,
        step_over: StepOver,
    ) -> None:
        self.group, self._service, self._settings = group, service, settings
        self._handle, self._step_over = handle, step_over
        self._pause = FIRST_PAUSE
        self._in_hand = asyncio.Lock()
        self._offsets = Offsets()
        self._batches = 0
        self.last_batch: float | None = None  # Unix time
        self._tasks: list[asyncio.Task[None]] = []
        self._broker = KafkaBroker(
            servers_of(settings),
            security=security_of(settings),
            client_id=service,
            consumer_only=True,
            allow_auto_create_topics=False,
            ack_policy=AckPolicy.MANUAL,
            apply_types=False,
            logger=None,
            graceful_timeout=30.0,
            metadata_max_age_ms=settings.kafka_metadata_max_age_ms,
            retry_backoff_ms=100,
            middlewares=[partial(Counting, service=service)],
        )
        self._subscriber = self._broker.subscriber(
            *(topic.name for topic in topics),
            batch=True,
            group_id=group,
            auto_offset_reset="earliest",
            no_reply=True,
            max_records=settings.batch_size,
            batch_timeout_ms=10,
            fetch_max_wait_ms=settings.kafka_fetch_max_wait_ms,
            session_timeout_ms=settings.kafka_session_timeout_ms,
            heartbeat_interval_ms=max(settings.kafka_session_timeout_ms // 6, 100),
            parser=parse,
            decoder=decode,
        )
        self._subscriber(self._consume)
        self._fetching = Fetching(service, self._subscriber.get_msg)
        setattr(self._subscriber, "get_msg", self._poll)  # noqa: B010  the poll of this subscriber, and of no other

    async def start(self) -> None:
        """Join the group and poll."""
        await self._broker.start()
        self._tasks = [asyncio.create_task(self._commit_often()), asyncio.create_task(self._rejoin_when_silent())]

    async def stop(self) -> None:
        """Stops polling, finishes the batch in hand, commits, leaves the group."""
        consumer = self._subscriber.consumer
        if consumer is not None:
            consumer.pause(*consumer.assignment())
            async with self._in_hand:
                await self._commit()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._broker.stop()

    async def partitions(self) -> int:
        """How many it has now."""
        consumer = self._subscriber.consumer
        return 0 if consumer is None else len(consumer.assignment())

    async def lag(self) -> dict[tuple[str, int], int]:
        """Messages behind the end of the log, by topic and partition, as the last fetch saw it."""
        consumer = self._subscriber.consumer
        if consumer is None:
            return {}
        behind: dict[tuple[str, int], int] = {}
        for partition in consumer.assignment():
            end = consumer.highwater(partition)
            if end is not None:
                position = await consumer.position(partition)
                behind[partition.topic, partition.partition] = max(end - position, 0)
        return behind

    async def _rejoin_when_silent(self) -> None:
        silence = Silence()
        while True:
            await asyncio.sleep(LOOK_EVERY)
            waiting = await records_wait(self._subscriber.consumer)
            busy = self._in_hand.locked() or bool(self._fetching.gaps)
            if silence.noted(waiting=waiting, busy=busy, batches=self._batches):
                REJOINED.labels(self._service).inc()
                log.warning("the consumer hears nothing though records wait; it joins anew")
                await start_patiently(self._join_anew, f"{self.group} joins anew", self._settings)

    async def _join_anew(self) -> None:
        self._offsets.forget()
        await self._subscriber.stop()
        await self._subscriber.start()

    async def _commit_often(self) -> None:
        while True:
            await asyncio.sleep(COMMIT_EVERY)
            await self._commit()

    async def _commit(self) -> None:
        await self._offsets.tell(self._subscriber.consumer)

    async def _poll(self, consumer: Any) -> tuple[Any, ...]:
        """What was stepped over is a dead letter before anything behind it is handled.

        What came before it was handed on, and handled, by an earlier poll: it takes several to leave a place behind.
        """
        records = await self._fetching.poll(consumer)
        while gaps := self._fetching.gaps:
            self._batches += 1
            try:
                await self._step_over(gaps)
            except Exception as error:  # noqa: BLE001  an outage of our database; FastStream's loop must not end
                log.warning("gaps not told of yet", gaps=len(gaps), error=repr(error), pause=self._pause)
                await self._sit_out()
            else:
                self._offsets.handled({TopicPartition(gap.topic, gap.partition): gap.last + 1 for gap in gaps})
                self._fetching.gaps = []
        return records

    async def _consume(self, records: Sequence[ConsumerRecord[bytes, bytes]]) -> bool:
        self._batches += 1
        async with self._in_hand:
            try:
                await self._handle(records)
            except Exception as error:  # noqa: BLE001  only an outage comes out of the boundary
                await self._rewind(records, error)
                return False
            self._offsets.handled(
                {TopicPartition(record.topic, record.partition): record.offset + 1 for record in records}
            )
        self._pause, self.last_batch = FIRST_PAUSE, time.time()
        return True

    async def _sit_out(self) -> None:
        """An outage of our database; the next one in a row is sat out twice as long."""
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)

    async def _rewind(self, records: Sequence[ConsumerRecord[bytes, bytes]], error: Exception) -> None:
        log.warning("batch rewound", size=len(records), error=repr(error), pause=self._pause)
        await self._sit_out()
        earliest: dict[TopicPartition, int] = {}
        for record in records:
            earliest.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        consumer = self._subscriber.consumer
        for partition, offset in earliest.items():
            if consumer is not None and partition in consumer.assignment():
                consumer.seek(partition, offset)
                self._fetching.losses.expect(partition, offset)
