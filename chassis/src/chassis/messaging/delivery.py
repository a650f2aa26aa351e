"""Hands rows of the outbox over to the producer, and says what became of each.

Rows of many shards go together, pipelined. After a failure of any kind its shard is *slow*: one row of it is handed
over at a time, alone, with nothing else on its way, until one goes through. So nothing behind a row that does not go
is sent again and again, and a row that is refused alone is itself to blame: together, the batch may be too large. A
slow shard delays no other: its pauses grow, and a row that has no answer soon is waited for while the others flow.

What was acknowledged is not sent again, with one exception: a row behind one that failed, of the same topic and key,
when the broker may still take that one later. It goes out once more after it, so that the last word of a key is its
newest; ids are fixed, so receivers know it. Behind a row that can never be sent there is nothing to wait for.

The client library numbers batches before they are refused and never reuses a number: the producer of a refused batch
has a gap that the broker calls `OutOfOrderSequenceNumber`. A new producer takes over before anything else is sent.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, KafkaTimeoutError

from chassis.messaging.presence import NotKnownYet, Presence, judged
from chassis.messaging.sendable import TOPIC_NAME, Row, Unsendable, can_never_be_sent, sendable

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds before a slow shard is tried again; doubles
SOON = 2.0  # seconds that everybody waits for the answer to a row that is tried alone
LATEST = 30.0  # seconds after which an answer will not come: its producer is gone
Renew = Callable[[], Awaitable[AIOKafkaProducer]]
log = structlog.get_logger()


@dataclass(slots=True)
class Outcome:
    """`sent` is done with; `stopped` are shards whose next row does not go now. What is in neither comes again."""

    sent: list[Row] = field(default_factory=list)
    unsendable: list[tuple[Row, Unsendable]] = field(default_factory=list)
    stopped: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Slow:
    """A shard that does not flow. `late` is its first row, handed over, without an answer before `next_try`."""

    next_try: float = 0.0
    pause: float = 0.0
    late: "tuple[int, asyncio.Future[object]] | None" = None


class Delivery:
    """`renew` makes another producer when one is spoilt; `pause` is the first of a slow shard, `soon` is `SOON`."""

    def __init__(
        self, producer: AIOKafkaProducer, renew: Renew | None = None, *, pause: float = FIRST_PAUSE, soon: float = SOON
    ) -> None:
        self.producer, self._renew = producer, renew
        self._first_pause, self._soon = pause, soon
        self._presence = Presence()
        self._slow: dict[int, Slow] = {}
        self._spoilt = False

    async def hand_over(self, rows: Sequence[Row]) -> Outcome:
        """`rows` are the next ones of their shards, in order."""
        outcome = Outcome()
        await self._prepare(rows)
        heads = {row["shard"]: row for row in reversed(rows) if row["shard"] in self._slow}
        await self._together([row for row in rows if row["shard"] not in heads], outcome)
        for row in heads.values():
            await self._head(row, outcome)
        return outcome

    async def _head(self, row: Row, outcome: Outcome) -> None:
        slow = self._slow[row["shard"]]
        if slow.late is not None and slow.late[0] != row["id"]:
            slow.late, slow.next_try = None, 0.0  # somebody took that row away
        answered = slow.late is not None and slow.late[1].done()
        if not answered and time.monotonic() < slow.next_try:
            outcome.stopped.add(row["shard"])
        else:
            await self._alone(row, slow, outcome)

    async def _together(self, rows: Sequence[Row], outcome: Outcome) -> None:
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

    async def _alone(self, row: Row, slow: Slow, outcome: Outcome) -> None:
        """What is refused alone is refused for itself; what answers late was not alone all the time."""
        late = slow.late if slow.late is not None and slow.late[1].done() else None
        delivery, slow.late = None, None
        try:
            if late is None:
                await self._prepare([row])
            delivery = late[1] if late is not None else await self._send(row)
            await asyncio.wait([delivery], timeout=self._soon)
            if not delivery.done():
                slow.late, slow.next_try = (row["id"], delivery), time.monotonic() + LATEST
                outcome.stopped.add(row["shard"])
                return
            delivery.result()
        except Exception as raised:  # noqa: BLE001  as above
            error = judged(row["topic"], raised)
            self._presence.note(row["topic"], error)
            self._failed(row, error, at_once=delivery is None)
            if can_never_be_sent(error) and late is None:
                outcome.unsendable.append((row, Unsendable(error)))
            else:
                outcome.stopped.add(row["shard"])
                if not isinstance(error, NotKnownYet):
                    slow.pause = min(max(slow.pause * 2, self._first_pause), LONGEST_PAUSE)
                slow.next_try = time.monotonic() + max(slow.pause, self._first_pause)
        else:
            outcome.sent.append(row)
            self._slow.pop(row["shard"], None)

    async def _send(self, row: Row) -> "asyncio.Future[object]":
        record = sendable(row)
        self._presence.check(self.producer.client, record.topic)
        delivery: asyncio.Future[object] = await self.producer.send(
            record.topic, record.value, record.key, headers=record.headers
        )
        return delivery

    def _failed(self, row: Row, error: BaseException, *, at_once: bool = False) -> None:
        if row["shard"] not in self._slow or at_once:  # not a line for every row of a batch
            log.warning("send failed", topic=row["topic"], shard=row["shard"], error=repr(error))
        self._slow.setdefault(row["shard"], Slow())
        away = getattr(error, "retriable", False) or isinstance(error, KafkaTimeoutError | OSError)
        if not at_once or not (away or can_never_be_sent(error)):
            self._spoilt = True

    async def _prepare(self, rows: Sequence[Row]) -> None:
        """A producer that is sound and knows the topics, as far as they are known."""
        await self._mend()
        topics = {row["topic"] for row in rows}
        await self._presence.look_for(self.producer.client, [one for one in topics if TOPIC_NAME.fullmatch(one)])

    async def _mend(self) -> None:
        """The old producer holds nothing but what answers late: that goes out before it stops, or comes again."""
        if not self._spoilt or self._renew is None:
            return
        log.warning("a batch of our producer was refused; a new producer takes over")
        old, self.producer, self._spoilt = self.producer, await self._renew(), False
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(5):
                await old.stop()
