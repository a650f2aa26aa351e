"""Dead letters, kept whole until an operator replays or discards them; they never expire."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from chassis.runtime.database import Connection, Pool
from chassis.messaging import dead_letters as names
from chassis.messaging.incoming import Record
from chassis.messaging.outbox import headers_from_text, headers_to_text
from chassis.messaging.outgoing import RawHeaders
from contracts.orders import OrderFallout

ADD = """
INSERT INTO dead_letters (dl_id, kind, order_id, service, source_topic, error_code, error_message, retriable, attempts,
                          failed_at, record_key, value, headers)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::boolean[], $9::int[], $10::timestamptz[], $11::bytea[], $12::bytea[], $13::text[])
ON CONFLICT (dl_id) DO NOTHING
"""
SUMMARY = """
SELECT dl_id, kind, order_id, service, source_topic, error_code, error_message, retriable, attempts, failed_at, state,
       closed_at, closed_by
FROM dead_letters
"""
LIST = (
    SUMMARY
    + """
WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR order_id = $2)
    AND ($3::text IS NULL OR error_code = $3) AND ($4::text IS NULL OR service = $4)
ORDER BY failed_at DESC, dl_id LIMIT $5 OFFSET $6
"""
)
ONE = "SELECT * FROM dead_letters WHERE dl_id = $1"
CLOSE = """
UPDATE dead_letters SET state = $2, closed_at = now(), closed_by = $3 WHERE dl_id = $1 AND state = 'open'
"""


def text_headers(headers: RawHeaders) -> dict[str, str]:
    return {name: _text(value) for name, value in headers if value is not None}


def _text(value: bytes) -> str:
    """For people to read; PostgreSQL keeps no NUL in a text. The bytes themselves are kept beside it."""
    return value.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


async def add(connection: Connection, records: Sequence[Record]) -> None:
    """Keep what came on the dead-letter topic; a record that is here already (its dl-id) changes nothing."""
    rows = [_row(record) for record in records]
    if rows:
        await connection.execute(ADD, *[list(column) for column in zip(*rows, strict=True)])


def _row(record: Record) -> tuple[Any, ...]:
    headers = text_headers(list(record.headers))
    failed_at = headers.get(names.FAILED_AT)
    # Our own headers come last and win, so that nobody can pass a message off as an order of ours.
    ours = (headers.get(names.SERVICE), headers.get(names.SOURCE_TOPIC)) == ("order-intake", "saga")
    fallout = ours and headers.get("ce_type") == OrderFallout.ce_type
    key = _text(record.key) if record.key else None
    attempts = headers.get(names.ATTEMPTS, "")
    return (
        headers.get(names.ID) or f"{record.topic}-{record.partition}-{record.offset}",
        "order" if fallout else "message",
        key,
        headers.get(names.SERVICE, "unknown"),
        headers.get(names.SOURCE_TOPIC, record.topic),
        headers.get(names.ERROR_CODE, "unknown"),
        headers.get(names.ERROR_MESSAGE, ""),
        headers.get(names.RETRIABLE) == "true",
        int(attempts) if attempts.isdecimal() else 1,
        datetime.fromisoformat(failed_at) if failed_at else datetime.now(UTC),
        record.key,
        record.value,
        headers_to_text(list(record.headers)),
    )


async def find(pool: Pool | Connection, dl_id: str, *, lock: bool = False) -> dict[str, Any] | None:
    """The whole dead letter, `headers` as pairs."""
    row = await pool.fetchrow(ONE + (" FOR UPDATE" if lock else ""), dl_id)
    return {**dict(row), "headers": headers_from_text(row["headers"])} if row else None


async def close(connection: Connection, dl_id: str, state: str, who: str) -> bool:
    """False when it was closed already."""
    return str(await connection.execute(CLOSE, dl_id, state, who)).endswith(" 1")
