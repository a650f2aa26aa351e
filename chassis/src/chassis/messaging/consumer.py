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
from itertools import chain
from typing import Any

import structlog
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from prometheus_client import Counter

from chassis.messaging.counting import Counting
from chassis.messaging.fetching import Fetching, Gap
from chassis.messaging.gathering import Gathering
from chassis.messaging.offsets import Offsets
from chassis.messaging.reaching import start_patiently
from chassis.messaging.security import security_of, servers_of
from chassis.messaging.silence import LOOK_EVERY, Silence, position_now, records_wait
from chassis.runtime.jobs import every
from chassis.runtime.patience import Patience
from chassis.runtime.settings import ServiceSettings
from contracts.topics import Topic

REJOINED = Counter("consumer_rejoined_total", "Consumers that heard nothing and joined anew.", ["service"])
COMMIT_EVERY = 0.2  # seconds
JOINS_WITHIN = 60.0  # seconds; then it is tried once more
LONGEST_POLL = 1000  # milliseconds without a record
PATIENCE = Patience(first=0.2, longest=10.0)  # before a rewound batch is polled again
Handle = Callable[[Sequence[Any]], Awaitable[None]]
Congested = Callable[[], bool]
StepOver = Callable[[Sequence[Gap]], Awaitable[None]]
log = structlog.get_logger()


def never() -> bool:
    """For a consumer that always reads on."""
    return False


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
    sat out as long as it lasts. While it is `congested` nothing is read.
    """

    def __init__(
        self,
        group: str,
        service: str,
        topics: Sequence[Topic],
        settings: ServiceSettings,
        handle: Handle,
        step_over: StepOver,
        congested: Congested = never,
    ) -> None:
        self.group, self._service, self._settings = group, service, settings
        self._handle, self._step_over, self._congested = handle, step_over, congested
        self._paused = self._polls_fail = False
        self._pauses = PATIENCE.begin()
        self._gathering = Gathering()
        self._in_hand = asyncio.Lock()
        self._offsets = Offsets()
        self._silence = Silence()
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
            fetch_max_wait_ms=settings.kafka_fetch_max_wait_ms,
            session_timeout_ms=settings.kafka_session_timeout_ms,
            heartbeat_interval_ms=max(settings.kafka_session_timeout_ms // 6, 100),
            parser=parse,
            decoder=decode,
        )
        self._subscriber(self._consume)
        self._fetching = Fetching(service, self._next_records)
        setattr(self._subscriber, "get_msg", self._poll)  # noqa: B010  the poll of this subscriber, and of no other

    async def start(self) -> None:
        """Join the group and poll."""
        await self._broker.start()
        jobs = (
            every(COMMIT_EVERY, self._commit),
            every(LOOK_EVERY, self._rejoin_if_silent, first=LOOK_EVERY, within=None),
        )
        self._tasks = [asyncio.create_task(job) for job in jobs]

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
        """Messages behind the end of the log, by topic and partition, as the last fetch saw it.

        Where it is not known yet from where to read, nothing is said.
        """
        consumer = self._subscriber.consumer
        if consumer is None:
            return {}
        behind: dict[tuple[str, int], int] = {}
        for partition in consumer.assignment():
            end, position = consumer.highwater(partition), await position_now(consumer, partition)
            if end is not None and position is not None:
                behind[partition.topic, partition.partition] = max(end - position, 0)
        return behind

    async def _rejoin_if_silent(self) -> None:
        waiting = self._polls_fail or await records_wait(self._subscriber.consumer)
        busy = self._in_hand.locked() or bool(self._fetching.gaps) or self._paused
        silent = self._silence.noted(waiting=waiting, busy=busy, batches=self._batches)
        if silent or (self._offsets.out_of_reach and not busy):
            REJOINED.labels(self._service).inc()
            why = "it hears nothing though records wait, or its polls fail" if silent else "no commit goes through"
            log.warning("the consumer joins anew", why=why)
            await start_patiently(self._join_anew, f"{self.group} joins anew", self._settings)

    async def _join_anew(self) -> None:
        self._offsets.forget()
        async with asyncio.timeout(JOINS_WITHIN):
            await self._subscriber.stop()
            await self._subscriber.start()

    async def _commit(self) -> None:
        await self._offsets.tell(self._subscriber.consumer)

    async def _next_records(self, consumer: Any) -> tuple[Any, ...]:
        """As soon as there are some. FastStream's own sleeps after an empty poll, whatever comes meanwhile."""
        if pause := self._gathering.wait(time.monotonic()):
            await asyncio.sleep(pause)
        self._pause_or_resume(consumer)
        polled = await consumer.getmany(timeout_ms=LONGEST_POLL, max_records=self._settings.batch_size)
        records = tuple(chain.from_iterable(polled.values()))
        self._gathering.came(len(records), time.monotonic())
        return records

    def _pause_or_resume(self, consumer: Any) -> None:
        """It goes on polling meanwhile, or its group would take it for dead; new partitions are paused as they come."""
        if paused := self._congested():
            consumer.pause(*consumer.assignment())
        elif self._paused:
            consumer.resume(*consumer.paused())
        if paused != self._paused:
            self._paused = paused
            log.warning("nothing more is read for now" if paused else "it is read on", group=self.group)

    async def _poll(self, consumer: Any) -> tuple[Any, ...]:
        """What was stepped over is a dead letter before anything behind it is handled.

        What came before it was handed on, and handled, by an earlier poll: it takes several to leave a place behind.
        """
        try:
            records = await self._fetching.poll(consumer)
        except KafkaError:
            self._polls_fail = True  # all of them, when the broker does not know the group any more
            raise
        self._polls_fail = False
        while gaps := self._fetching.gaps:
            self._batches += 1
            try:
                await self._step_over(gaps)
            except Exception as error:  # noqa: BLE001  an outage of our database; FastStream's loop must not end
                log.warning("gaps not told of yet", gaps=len(gaps), error=repr(error))
                await self._pauses.another()
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
        self._pauses, self.last_batch = PATIENCE.begin(), time.time()
        return True

    async def _rewind(self, records: Sequence[ConsumerRecord[bytes, bytes]], error: Exception) -> None:
        log.warning("batch rewound", size=len(records), error=repr(error))
        await self._pauses.another()
        earliest: dict[TopicPartition, int] = {}
        for record in records:
            earliest.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        consumer = self._subscriber.consumer
        for partition, offset in earliest.items():
            if consumer is not None and partition in consumer.assignment():
                consumer.seek(partition, offset)
                self._fetching.losses.expect(partition, offset)
