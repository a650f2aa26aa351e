"""Waiting messages: one that fails for a while waits here, and later ones of its key queue behind it; others flow."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import random

from prometheus_client import Counter

from chassis.errors import code_of
from chassis.messaging.inbox import mark_of
from chassis.messaging.incoming import Headers, Incoming
from chassis.messaging.outbox import headers_from_text, headers_to_text
from chassis.runtime.database import Connection

RETRIES = Counter("message_retries_total", "Transient failures.", ["service", "message", "error_code"])
LONGEST_DELAY = 60.0

# A message begins to wait; one that waits already stays as it is.
ADD = """
INSERT INTO waiting (message_id, mark, key, topic, partition, record_offset, record_key, value, headers,
                     attempt, retry_at, error_code, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (message_id) DO NOTHING
"""
# The keys whose oldest waiting message is due for another try.
DUE_KEYS = """
SELECT key FROM (SELECT DISTINCT ON (key) key, retry_at FROM waiting ORDER BY key, id) AS heads
WHERE retry_at <= now() ORDER BY retry_at LIMIT 100
"""
# The queue of a key, oldest first.
QUEUE = """
SELECT topic, partition, record_offset, record_key, value, headers, id, attempt, first_failed_at
FROM waiting WHERE key = $1 ORDER BY id
"""
# After another failure: when it is tried next, and why it failed.
POSTPONE = "UPDATE waiting SET attempt = $2, retry_at = $3, error_code = $4, error = $5 WHERE id = $1"
# Held while its message is handled, so that two processes do not handle it at once.
HOLD = "SELECT true FROM waiting WHERE id = $1 FOR UPDATE"
# The same, without waiting for another process that holds it.
HOLD_IF_FREE = "SELECT true FROM waiting WHERE id = $1 FOR UPDATE SKIP LOCKED"
# Does it still wait, whoever holds it?
STILL_WAITS = "SELECT true FROM waiting WHERE id = $1"
# Its message has its outcome.
END = "DELETE FROM waiting WHERE message_id = $1"
# The undo of a step ends the wait of its do.
END_DO = "DELETE FROM waiting WHERE key = $1 AND mark = $2"
# It can no longer be read, and is a dead letter now.
END_ROW = "DELETE FROM waiting WHERE id = $1"


@dataclass(slots=True)
class WaitingRecord:
    """A waiting row in the shape of the record it came as. `attempt` counts the tries so far."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers
    row_id: int
    attempt: int
    first_failed_at: datetime


def delay(attempt: int, first: float) -> timedelta:
    """The pause before the next try: doubles from `first` seconds to a minute, shortened at random by up to a half.

    `attempt` counts from 1.
    """
    return timedelta(seconds=min(first * 2 ** (attempt - 1), LONGEST_DELAY) * (0.5 + random() / 2))  # noqa: S311


async def add(connection: Connection, one: Incoming, error: BaseException | None, *, first_delay: float) -> None:
    """Let a message wait. `error` is None for one that only queues behind another of its key: it is due at once."""
    record = one.record
    await connection.execute(
        ADD,
        one.id,
        mark_of(one),
        one.key,
        record.topic,
        record.partition,
        record.offset,
        record.key,
        record.value,
        headers_to_text(list(record.headers)),
        1 if error else 0,
        datetime.now(UTC) + (delay(1, first_delay) if error else timedelta(0)),
        code_of(error) if error else None,
        str(error) if error else None,
    )


async def due_keys(connection: Connection) -> list[str]:
    """The keys whose oldest waiting message is due, at most 100."""
    return [row["key"] for row in await connection.fetch(DUE_KEYS)]


async def queue(connection: Connection, key: str) -> list[WaitingRecord]:
    """The waiting messages of a key, oldest first."""
    return [
        WaitingRecord(
            topic=row["topic"],
            partition=row["partition"],
            offset=row["record_offset"],
            key=row["record_key"],
            value=row["value"],
            headers=headers_from_text(row["headers"]),
            row_id=row["id"],
            attempt=row["attempt"],
            first_failed_at=row["first_failed_at"],
        )
        for row in await connection.fetch(QUEUE, key)
    ]


async def postpone(connection: Connection, record: WaitingRecord, error: BaseException, *, first_delay: float) -> None:
    """It failed again: it waits longer than before."""
    attempt = record.attempt + 1
    due = datetime.now(UTC) + delay(attempt, first_delay)
    await connection.execute(POSTPONE, record.row_id, attempt, due, code_of(error), str(error))
