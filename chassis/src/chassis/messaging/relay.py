"""The outbox relay: one owner per hash shard (see `shards`), publish in order, delete what the broker acknowledged.

A crash between publishing and deleting sends again, by design: ids are fixed in the rows. A failed send stops its shard
at that row; one that can never be sent is set aside, and its shard goes on (see `sendable`, `delivery`, `unsendable`).
"""

import asyncio
import contextlib
from collections import Counter as Counts
from datetime import timedelta
from typing import NamedTuple

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from prometheus_client import Counter, Gauge

from chassis.messaging import unsendable
from chassis.messaging.delivery import Delivery, Outcome, Renew
from chassis.messaging.outbox import CHANNEL
from chassis.messaging.shards import Pace, Shards
from chassis.runtime.cancelling import only_by_us
from chassis.runtime.database import OUTAGE, Connection, Pool

PENDING = Gauge("outbox_pending", "Messages not yet sent.", ["service"])
OLDEST = Gauge("outbox_oldest_pending_timestamp_seconds", "When the oldest unsent message was written.", ["service"])
SENT = Counter("outbox_sent_total", "Messages the broker acknowledged.", ["service", "topic"])

# Deletes do not wait for the disk.
UNHURRIED = "SET synchronous_commit = off"
# What is to be sent next of the owned shards, in order.
CLAIM = """
SELECT id, shard, topic, key, value, headers FROM outbox
WHERE shard = ANY($1::smallint[]) ORDER BY id LIMIT $2
"""
# The broker has it.
DELETE = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"
# Shards in which something waits to be sent for longer than usual.
STALLED = "SELECT DISTINCT shard FROM outbox WHERE created_at < now() - $1::interval"
# How much is not sent yet, and since when.
AGE = "SELECT count(*) AS pending, coalesce(extract(epoch FROM min(created_at)), 0)::float8 AS oldest FROM outbox"
log = structlog.get_logger()


class Relay:
    """Runs until cancelled; a lost connection or broker only makes it start over."""

    def __init__(
        self,
        service: str,
        database_url: str,
        producer: AIOKafkaProducer,
        *,
        renew: Renew | None = None,
        batch: int = 500,
        poll: float = 1.0,
        pace: Pace = Pace(),  # noqa: B008  it cannot be changed
    ) -> None:
        self._service, self._url, self._batch, self._poll, self._pace = service, database_url, batch, poll, pace
        self._delivery = Delivery(producer, renew)
        self._woken = asyncio.Event()

    @property
    def producer(self) -> AIOKafkaProducer:
        """The present one; it is another after a batch was refused."""
        return self._delivery.producer

    async def run(self) -> None:
        """Never returns; cancel it."""
        while True:
            try:
                connection = await asyncpg.connect(self._url, command_timeout=60)
                try:
                    await self._own(connection)
                finally:
                    connection.terminate()
            except* OUTAGE as errors:
                log.warning("relay lost its database", error=str(errors.exceptions[0]))
            except* Exception as errors:
                log.exception("relay starts over", exc_info=errors)
            await asyncio.sleep(0.5)

    async def _own(self, connection: asyncpg.Connection) -> None:
        # A delete that a crash forgets only sends again: it need not wait for the disk.
        await connection.execute(UNHURRIED)
        await connection.add_listener(CHANNEL, lambda *_: self._woken.set())
        shards = Shards(connection, self._service, self._pace)
        await shards.appear()
        async with asyncio.TaskGroup() as together:
            together.create_task(shards.speak())
            together.create_task(self._send(shards))

    async def _send(self, shards: Shards) -> None:
        while True:
            self._woken.clear()
            with only_by_us():
                await shards.share_out()
                await self.drain(shards)
            with contextlib.suppress(TimeoutError):  # not wait_for: Python 3.11's may swallow a cancellation
                async with asyncio.timeout(self._poll):
                    await self._woken.wait()

    async def drain(self, shards: Shards) -> None:
        """Send until the owned shards are empty or each has a row that will not go."""
        stopped: set[int] = set()
        while open_shards := [shard for shard in shards.owned if shard not in stopped]:
            async with shards.connection() as connection:
                rows = await connection.fetch(CLAIM, open_shards, self._batch)
            if not rows:
                return
            await shards.still_own()
            outcome = await self._delivery.hand_over(rows)
            async with shards.connection() as connection:
                await self._record(connection, outcome)
            stopped |= outcome.stopped
            await shards.share_out()
        await asyncio.sleep(0.5)

    async def _record(self, connection: asyncpg.Connection, outcome: Outcome) -> None:
        if outcome.sent:
            await connection.execute(DELETE, [row["id"] for row in outcome.sent])
        for topic, count in Counts(row["topic"] for row in outcome.sent).items():
            SENT.labels(self._service, topic).inc(count)
        for row, error in outcome.unsendable:
            await unsendable.set_aside(connection, self._service, row, error)  # type: ignore[arg-type]  # not of a pool


async def stalled_shards(database: Pool | Connection, patience: float = 5.0) -> set[int]:
    """Shards in which something waits to be sent for longer than `patience` seconds: the broker is away, or we are."""
    return {row["shard"] for row in await database.fetch(STALLED, timedelta(seconds=patience))}


class Backlog(NamedTuple):
    """What is not sent yet, since when (0 when all is), and what never will be without an operator."""

    pending: int
    oldest: float
    unsendable: int


async def measure(pool: Pool, service: str) -> Backlog:
    """Shows how much is not sent yet, and since when; and answers it."""
    row = await pool.fetchrow(AGE)
    PENDING.labels(service).set(row["pending"])
    OLDEST.labels(service).set(row["oldest"])
    return Backlog(row["pending"], row["oldest"], await unsendable.measure(pool, service))
