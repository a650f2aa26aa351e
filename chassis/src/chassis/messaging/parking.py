"""A message that fails for a while parks its order's key: later messages of the key queue behind it, others flow."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import random

from prometheus_client import Counter

from chassis.database import Connection
from chassis.errors import code_of
from chassis.messaging.inbox import mark_of
from chassis.messaging.incoming import Headers, Incoming
from chassis.messaging.outbox import headers_from_text, headers_to_text

RETRIES = Counter("message_retries_total", "Transient failures.", ["service", "message", "error_code"])
LONGEST_DELAY = 60.0

PARK = """
INSERT INTO parked (message_id, mark, key, topic, partition, record_offset, record_key, value, headers,
                    attempt, retry_at, error_code, error)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (message_id) DO NOTHING
"""
HEADS = """
SELECT * FROM (SELECT DISTINCT ON (key) * FROM parked ORDER BY key, id) AS heads
WHERE retry_at <= now() ORDER BY retry_at LIMIT 100
"""
QUEUE = "SELECT * FROM parked WHERE key = $1 ORDER BY id"
AGAIN = "UPDATE parked SET attempt = $2, retry_at = $3, error_code = $4, error = $5 WHERE id = $1"
HOLD = "SELECT true FROM parked WHERE id = $1 FOR UPDATE"
STILL = "SELECT true FROM parked WHERE id = $1"
RELEASE = "DELETE FROM parked WHERE message_id = $1"
RELEASE_DO = "DELETE FROM parked WHERE key = $1 AND mark = $2"


@dataclass(slots=True)
class ParkedRecord:
    """A parked row in the shape of the record it came as."""

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
    """Exponential with jitter, seconds; `attempt` counts from 1."""
    return timedelta(seconds=min(first * 2 ** (attempt - 1), LONGEST_DELAY) * (0.5 + random() / 2))  # noqa: S311


async def park(connection: Connection, one: Incoming, error: BaseException | None, *, first_delay: float) -> None:
    """`error` is None for a message that only queues behind a parked one of its key."""
    record = one.record
    await connection.execute(
        PARK,
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


async def heads(connection: Connection) -> list[str]:
    """The keys whose oldest parked message is due."""
    return [row["key"] for row in await connection.fetch(HEADS)]


async def queue(connection: Connection, key: str) -> list[ParkedRecord]:
    return [
        ParkedRecord(
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


async def again(connection: Connection, record: ParkedRecord, error: BaseException, *, first_delay: float) -> None:
    attempt = record.attempt + 1
    due = datetime.now(UTC) + delay(attempt, first_delay)
    await connection.execute(AGAIN, record.row_id, attempt, due, code_of(error), str(error))
