"""Hands rows of the outbox over to the producer, and says what became of each.

Rows of many shards go together, pipelined. After a failure of any kind its shard is *slow*: one row of it is handed
over at a time, alone, with nothing else on its way, until one goes through. So nothing behind a row that does not go
is sent again and again, and a row that is refused alone is itself to blame: together, the batch may be too large.

What was acknowledged is not sent again, with one exception: a row behind one that failed, of the same topic and key,
when the broker may still take that one later. It goes out once more after it, so that the last word of a key is its
newest; ids are fixed, so receivers know it. Behind a row that can never be sent there is nothing to wait for.

The client library numbers batches before they are refused and never reuses a number: the producer of a refused batch
has a gap that the broker calls `OutOfOrderSequenceNumber`. A new producer takes over before anything else is sent.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from chassis.messaging.sendable import Row, Unsendable, can_never_be_sent, sendable

Renew = Callable[[], Awaitable[AIOKafkaProducer]]
log = structlog.get_logger()


@dataclass(slots=True)
class Outcome:
    """`sent` is done with; `stopped` are shards whose next row does not go now. What is in neither comes again."""

    sent: list[Row] = field(default_factory=list)
    unsendable: list[tuple[Row, Unsendable]] = field(default_factory=list)
    stopped: set[int] = field(default_factory=set)


class Delivery:
    """`renew` makes another producer when the present one is spoilt."""

    def __init__(self, producer: AIOKafkaProducer, renew: Renew | None = None) -> None:
        self.producer, self._renew = producer, renew
        self._slow: set[int] = set()
        self._spoilt = False

    async def hand_over(self, rows: Sequence[Row]) -> Outcome:
        """`rows` are the next ones of their shards, in order."""
        outcome = Outcome()
        heads = {row["shard"]: row for row in reversed(rows) if row["shard"] in self._slow}
        await self._together([row for row in rows if row["shard"] not in heads], outcome)
        for row in heads.values():
            await self._alone(row, outcome)
        return outcome

    async def _together(self, rows: Sequence[Row], outcome: Outcome) -> None:
        await self._mend()
        handed: list[tuple[Row, asyncio.Future[object]]] = []
        for row in rows:
            if row["shard"] in self._slow:
                continue  # nothing of its shard may overtake the row that failed
            try:
                handed.append((row, await self._send(row)))
            except Exception as error:  # noqa: BLE001  whatever it is, it concerns this row or its shard
                if can_never_be_sent(error):
                    outcome.unsendable.append((row, Unsendable(error)))
                else:
                    self._failed(row, error, at_once=True)
        results = await asyncio.gather(*(delivery for _, delivery in handed), return_exceptions=True)
        held: set[tuple[str, bytes]] = set()
        for (row, _), result in zip(handed, results, strict=True):
            if isinstance(result, BaseException):
                self._failed(row, result)
                if row["key"] is not None and not can_never_be_sent(result):
                    held.add((row["topic"], row["key"]))
            elif (row["topic"], row["key"]) not in held:
                outcome.sent.append(row)

    async def _alone(self, row: Row, outcome: Outcome) -> None:
        """What is refused alone is refused for itself."""
        await self._mend()
        delivery = None
        try:
            delivery = await self._send(row)
            await delivery
        except Exception as error:  # noqa: BLE001  as above
            self._failed(row, error, at_once=delivery is None)
            if can_never_be_sent(error):
                outcome.unsendable.append((row, Unsendable(error)))
            else:
                outcome.stopped.add(row["shard"])
        else:
            outcome.sent.append(row)
            self._slow.discard(row["shard"])

    async def _send(self, row: Row) -> "asyncio.Future[object]":
        record = sendable(row)
        delivery: asyncio.Future[object] = await self.producer.send(
            record.topic, record.value, record.key, headers=record.headers
        )
        return delivery

    def _failed(self, row: Row, error: BaseException, *, at_once: bool = False) -> None:
        if row["shard"] not in self._slow or at_once:  # not a line for every row of a batch
            log.warning("send failed", topic=row["topic"], shard=row["shard"], error=repr(error))
        self._slow.add(row["shard"])
        away = getattr(error, "retriable", False) or isinstance(error, KafkaTimeoutError | OSError)
        if not at_once or not (away or can_never_be_sent(error)):
            self._spoilt = True

    async def _mend(self) -> None:
        """Everything handed over has its outcome here, so the old producer holds nothing."""
        if not self._spoilt or self._renew is None:
            return
        log.warning("a batch of our producer was refused; a new producer takes over")
        old, self.producer, self._spoilt = self.producer, await self._renew(), False
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(5):
                await old.stop()
