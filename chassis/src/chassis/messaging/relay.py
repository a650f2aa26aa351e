"""The outbox relay: one owner per hash shard, publish in order, delete what the broker has acknowledged.

A crash between publishing and deleting sends again, by design: ids are fixed in the rows. A failed send stops its shard
at that row, so nothing is lost and nothing overtakes it.
"""

import asyncio
import contextlib
from collections import Counter as Counts
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import (
    DuplicateSequenceNumber,
    InvalidProducerEpoch,
    InvalidProducerIdMapping,
    KafkaError,
    OutOfOrderSequenceNumber,
)
from prometheus_client import Counter, Gauge

from chassis.messaging.outbox import CHANNEL, SHARDS, headers_from_text
from chassis.runtime.database import OUTAGE, Pool

PENDING = Gauge("outbox_pending", "Messages not yet sent.", ["service"])
OLDEST = Gauge("outbox_oldest_pending_timestamp_seconds", "When the oldest unsent message was written.", ["service"])
SENT = Counter("outbox_sent_total", "Messages the broker acknowledged.", ["service", "topic"])

# Become the owner of a shard, if nobody is; the lock dies with the connection.
OWN = "SELECT pg_try_advisory_lock($1, $2)"
# Deletes do not wait for the disk.
UNHURRIED = "SET synchronous_commit = off"
LOCKS = 0x0B0C  # first number of the advisory lock; the second is the shard
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
DISOWNED = (OutOfOrderSequenceNumber, DuplicateSequenceNumber, InvalidProducerEpoch, InvalidProducerIdMapping)
log = structlog.get_logger()


class Relay:
    """Runs until cancelled; a lost connection or broker only makes it start over."""

    def __init__(
        self,
        service: str,
        database_url: str,
        producer: AIOKafkaProducer,
        *,
        renew: Callable[[], Awaitable[AIOKafkaProducer]] | None = None,
        batch: int = 500,
        poll: float = 1.0,
    ) -> None:
        self._service, self._url, self.producer, self._renew = service, database_url, producer, renew
        self._batch, self._poll = batch, poll
        self._disowned = False
        self._woken = asyncio.Event()

    async def run(self) -> None:
        """Never returns; cancel it."""
        while True:
            try:
                connection = await asyncpg.connect(self._url, command_timeout=60)
                try:
                    await self._own(connection)
                finally:
                    connection.terminate()
            except OUTAGE as error:
                log.warning("relay lost its database", error=str(error))
            except Exception as error:
                log.exception("relay starts over", exc_info=error)
            await asyncio.sleep(0.5)

    async def _own(self, connection: asyncpg.Connection) -> None:
        """Shards are owned by this connection: session locks die with it, no lease clock is needed."""
        # A delete that a crash forgets only sends again: it need not wait for the disk.
        await connection.execute(UNHURRIED)
        await connection.add_listener(CHANNEL, lambda *_: self._woken.set())
        owned: list[int] = []
        while True:
            self._woken.clear()
            for shard in set(range(SHARDS)) - set(owned):
                if await connection.fetchval(OWN, LOCKS, shard):
                    owned.append(shard)
            await self.drain(connection, owned)
            with contextlib.suppress(TimeoutError):  # not wait_for: Python 3.11's may swallow a cancellation
                async with asyncio.timeout(self._poll):
                    await self._woken.wait()

    async def drain(self, connection: asyncpg.Connection, owned: Sequence[int]) -> None:
        """Send until the owned shards are empty or each has a row that will not go."""
        open_shards = list(owned)
        while open_shards:
            rows = await connection.fetch(CLAIM, open_shards, self._batch)
            if not rows:
                return
            sent, stopped = await self._publish(rows)
            if sent:
                await connection.execute(DELETE, sent)
            open_shards = [shard for shard in open_shards if shard not in stopped]
            if self._disowned and self._renew is not None:
                await self._begin_anew(self._renew)
        await asyncio.sleep(0.5)

    async def _begin_anew(self, renew: Callable[[], Awaitable[AIOKafkaProducer]]) -> None:
        """A broker that lost its memory may give our producer id to another: then only a new producer helps."""
        log.warning("the broker disowns our producer; a new one takes over")
        old, self.producer, self._disowned = self.producer, await renew(), False
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(5):
                await old.stop()

    async def _publish(self, rows: Sequence[Any]) -> tuple[list[int], set[int]]:
        """The ids that were acknowledged with everything before them in their shard, and the shards that stopped."""
        barred: dict[int, int] = {}  # shard -> the first row of it that did not go
        handed: list[tuple[Any, asyncio.Future[Any]]] = []
        for row in rows:
            if row["shard"] not in barred:
                try:
                    handed.append((row, await self._send(row)))
                except Exception as error:  # noqa: BLE001  whatever it is, nothing of this shard may overtake the row
                    self._bar(barred, row, error)
        results = await asyncio.gather(*(delivery for _, delivery in handed), return_exceptions=True)
        for (row, _), result in zip(handed, results, strict=True):
            if isinstance(result, BaseException):
                self._bar(barred, row, result)
        sent = [row for row, _ in handed if row["id"] < barred.get(row["shard"], row["id"] + 1)]
        for topic, count in Counts(row["topic"] for row in sent).items():
            SENT.labels(self._service, topic).inc(count)
        return [row["id"] for row in sent], set(barred)

    def _bar(self, barred: dict[int, int], row: Any, error: BaseException) -> None:
        log.warning("send failed", topic=row["topic"], shard=row["shard"], error=repr(error))
        self._disowned = self._disowned or isinstance(error, DISOWNED)
        barred[row["shard"]] = min(row["id"], barred.get(row["shard"], row["id"]))

    async def _send(self, row: Any) -> "asyncio.Future[Any]":
        """A record needs a key or a value; the dead letter of one that had neither gets an empty value."""
        key, value = row["key"], row["value"]
        empty = b"" if key is None and value is None else value
        delivery: asyncio.Future[Any] = await self.producer.send(
            row["topic"], empty, key, headers=headers_from_text(row["headers"])
        )
        return delivery


async def stalled_shards(pool: Pool, patience: float = 5.0) -> set[int]:
    """Shards in which something waits to be sent for longer than `patience` seconds: the broker is away, or we are."""
    return {row["shard"] for row in await pool.fetch(STALLED, timedelta(seconds=patience))}


async def measure(pool: Pool, service: str) -> None:
    """Shows how much is not sent yet, and since when."""
    row = await pool.fetchrow(AGE)
    PENDING.labels(service).set(row["pending"])
    OLDEST.labels(service).set(row["oldest"])
