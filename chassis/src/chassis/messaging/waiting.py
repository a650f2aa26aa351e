"""Waiting messages: one that failed for a while, or whose handler takes long, waits here; later ones of its key queue
behind it; others flow.

Whoever works on one has it in hand for as long as it says so, again and again: the outcome is written only by who still
has it in hand, and what a process leaves behind that died or froze is taken by another.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import random
from typing import NamedTuple
from uuid import uuid4

from prometheus_client import Counter, Gauge

from chassis.errors import code_of, in_words
from chassis.messaging.inbox import mark_of
from chassis.messaging.incoming import Headers, Incoming
from chassis.messaging.outbox import headers_from_text, headers_to_text
from chassis.runtime.database import Connection, Pool

RETRIES = Counter("message_retries_total", "Transient failures.", ["service", "message", "error_code"])
COUNT = Gauge("messages_waiting", "Messages that wait to be handled, or are in hand; at most 10000.", ["service"])
OLDEST = Gauge("messages_waiting_oldest_timestamp_seconds", "When the first of them came, 0 without any.", ["service"])
LONGEST_DELAY = 60.0

# Messages begin to wait, of each key in their order; one that waits already stays as it is.
ADD = """
INSERT INTO waiting (message_id, mark, key, topic, partition, record_offset, record_key, value, headers,
                     attempt, retry_at, error_code, error)
SELECT message_id, mark, key, topic, partition, record_offset, record_key, value, headers,
       $10::int, now() + $11::float8 * interval '1 second', $12::text, $13::text
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::bigint[], $7::bytea[], $8::bytea[],
            $9::text[]) WITH ORDINALITY
    AS new (message_id, mark, key, topic, partition, record_offset, record_key, value, headers, place)
ORDER BY key, place
ON CONFLICT (message_id) DO NOTHING
"""
# The oldest message of some keys, or of one, is taken in hand where it is due and nobody else has it.
TAKE = """
WITH due AS (
    SELECT id FROM waiting
    WHERE retry_at <= now() AND coalesce(held_until, '-infinity') <= now() AND ($4::text IS NULL OR key = $4)
        AND NOT EXISTS (SELECT FROM waiting AS older WHERE older.key = waiting.key AND older.id < waiting.id)
    ORDER BY retry_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE waiting SET holder = $1, held_until = now() + $2 * interval '1 second' FROM due WHERE waiting.id = due.id
RETURNING topic, partition, record_offset, record_key, value, headers, waiting.id, key, attempt, first_failed_at
"""
# Those that are still ours stay in hand.
KEEP = """
UPDATE waiting SET held_until = now() + $2 * interval '1 second'
WHERE id IN (SELECT id FROM waiting WHERE holder = ANY($1::text[]) ORDER BY id FOR UPDATE)
"""
# Others may take them at once.
LET_GO = """
UPDATE waiting SET holder = NULL, held_until = NULL
WHERE id IN (SELECT id FROM waiting WHERE holder = ANY($1::text[]) ORDER BY id FOR UPDATE)
"""
# After a failure: when it is tried next, and why it failed.
POSTPONE = """
UPDATE waiting SET attempt = $3, retry_at = now() + $4 * interval '1 second', error_code = $5, error = $6,
                   holder = NULL, held_until = NULL
WHERE id = $1 AND holder = $2
"""
# Its message has its outcome, unless somebody else took it in hand meanwhile.
END = "DELETE FROM waiting WHERE id = $1 AND holder = $2"
# The undos of steps end the waits of their dos that nobody has in hand.
END_DOS = """
DELETE FROM waiting WHERE id IN (
    SELECT id FROM waiting JOIN unnest($1::text[], $2::text[]) AS half (key, mark) USING (key, mark)
    WHERE coalesce(held_until, '-infinity') <= now() ORDER BY id FOR UPDATE OF waiting
)
"""
# Which of these halves of steps wait?
WAITING = """
SELECT DISTINCT key, mark FROM waiting JOIN unnest($1::text[], $2::text[]) AS half (key, mark) USING (key, mark)
"""
# Does a half of a step wait?
WAITS = "SELECT EXISTS (SELECT FROM waiting WHERE key = $1 AND mark = $2)"
# No more rows are counted than a screen can tell apart.
MEASURE = """
SELECT (SELECT count(*) FROM (SELECT FROM waiting LIMIT 10000) AS counted) AS count,
       coalesce((SELECT extract(epoch FROM first_failed_at) FROM waiting ORDER BY id LIMIT 1), 0)::float8 AS oldest,
       coalesce((
           SELECT extract(epoch FROM retry_at) FROM waiting
           WHERE retry_at <= now() AND coalesce(held_until, '-infinity') <= now() AND error_code IS NULL
               AND NOT EXISTS (SELECT FROM waiting AS older WHERE older.key = waiting.key AND older.id < waiting.id)
           ORDER BY retry_at, id LIMIT 1
       ), 0)::float8 AS untouched
"""


@dataclass(slots=True)
class Held:
    """A waiting message in hand, in the shape of the record it came as. `attempt` counts the tries so far."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    row_id: int
    queue: str
    attempt: int
    first_failed_at: datetime
    holder: str


class Queue(NamedTuple):
    """How many wait, counted to 10,000; since when, as Unix time, 0 for never; and since when for a first free hand."""

    messages: int = 0
    oldest: float = 0.0
    untouched: float = 0.0


def delay(attempt: int, first: float) -> float:
    """The pause before the next try: doubles from `first` seconds to a minute, shortened at random by up to a half.

    `attempt` counts from 1.
    """
    return min(first * 2.0 ** (attempt - 1), LONGEST_DELAY) * (0.5 + random() / 2)  # noqa: S311


async def add(
    connection: Connection, batch: Sequence[Incoming], error: BaseException | None = None, *, after: float = 0.0
) -> None:
    """Let messages wait, the first try in `after` seconds. `error` is why, None for those that nobody has tried yet."""
    records = [one.record for one in batch]
    await connection.execute(
        ADD,
        [one.id for one in batch],
        [mark_of(one) for one in batch],
        [one.key for one in batch],
        [record.topic for record in records],
        [record.partition for record in records],
        [record.offset for record in records],
        [record.key for record in records],
        [record.value for record in records],
        [headers_to_text(list(record.headers)) for record in records],
        1 if error else 0,
        after,
        code_of(error) if error else None,
        in_words(error) if error else None,
    )


async def take(pool: Pool, most: int, seconds: float, *, key: str | None = None) -> list[Held]:
    """Takes in hand, for `seconds`, at most so many that are due: the oldest of their key each, or of this `key`."""
    holder = uuid4().hex
    return [
        Held(
            topic=row["topic"],
            partition=row["partition"],
            offset=row["record_offset"],
            key=row["record_key"],
            value=row["value"],
            headers=headers_from_text(row["headers"]),
            row_id=row["id"],
            queue=row["key"],
            attempt=row["attempt"],
            first_failed_at=row["first_failed_at"],
            holder=holder,
        )
        for row in await pool.fetch(TAKE, holder, seconds, most, key)
    ]


async def keep(pool: Pool, holders: Collection[str], seconds: float) -> None:
    """For another `seconds` from now on."""
    await pool.execute(KEEP, list(holders), seconds)


async def let_go(pool: Pool, holders: Collection[str]) -> None:
    await pool.execute(LET_GO, list(holders))


async def postpone(connection: Connection, held: Held, error: BaseException, *, first_delay: float) -> None:
    """It failed again: it waits longer than before. Nothing happens when it is no longer in hand."""
    attempt = held.attempt + 1
    pause = delay(attempt, first_delay)
    await connection.execute(POSTPONE, held.row_id, held.holder, attempt, pause, code_of(error), in_words(error))


async def end(connection: Connection, held: Held) -> bool:
    """To be called first in the transaction of its outcome, which is not ours to write when this says False."""
    return bool(await connection.execute(END, held.row_id, held.holder) == "DELETE 1")


async def end_dos(connection: Connection, dos: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of these (key, mark) pairs those that still wait, because somebody has them in hand."""
    halves = list(zip(*dos, strict=True))
    await connection.execute(END_DOS, *halves)
    return {(row["key"], row["mark"]) for row in await connection.fetch(WAITING, *halves)}


async def waits(connection: Connection, key: str, mark: str) -> bool:
    """`mark` is that of a half of a step, see `inbox.mark_of`."""
    return bool(await connection.fetchval(WAITS, key, mark))


async def measure(pool: Pool, service: str) -> Queue:
    """Shows how many wait, and since when; and answers it."""
    row = await pool.fetchrow(MEASURE)
    COUNT.labels(service).set(row["count"])
    OLDEST.labels(service).set(row["oldest"])
    return Queue(row["count"], row["oldest"], row["untouched"])
