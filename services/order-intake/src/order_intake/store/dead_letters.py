"""Dead letters, kept whole until an operator replays or discards them; they never expire.

One of a message that can never be sent has its beginning only: the service that wrote it keeps it, and tells when an
operator has released or discarded it there.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter

from chassis.messaging import dead_letters as dl
from chassis.messaging.incoming import Record
from chassis.messaging.outbox import headers_from_text, headers_to_text
from chassis.messaging.outgoing import RawHeaders
from chassis.messaging.sendable import Unsendable
from chassis.runtime.database import Connection, Pool, columns
from contracts.bounds import EARLIEST, IDENTIFIER, LATEST, NAME, PARAGRAPH
from contracts.cutting import digested
from contracts.orders import OrderFallout

# What came on the dead-letter topic, in order of ids; one that is here already (its dl-id) changes nothing.
ADD = """
INSERT INTO dead_letters (dl_id, kind, order_id, service, source_topic, error_code, error_message, retriable, attempts,
                          failed_at, record_key, value, headers)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                     $8::boolean[], $9::int[], $10::timestamptz[], $11::bytea[], $12::bytea[], $13::text[])
ON CONFLICT (dl_id) DO NOTHING RETURNING dl_id, kind
"""
# One dead letter, whole.
ONE = """
SELECT dl_id, kind, order_id, service, source_topic, error_code, error_message, retriable, attempts, failed_at,
    record_key, value, headers, state, closed_at, closed_by
FROM dead_letters WHERE dl_id = $1
"""
# The same, locked until the transaction ends.
LOCK = f"{ONE} FOR UPDATE"
# An operator has replayed, released or discarded it.
CLOSE = """
UPDATE dead_letters SET state = $2, closed_at = now(), closed_by = $3 WHERE dl_id = $1 AND state = 'open'
"""
UNSENDABLE = Unsendable.code
LONGEST_ID = 300  # of a letter's id; ours are shorter
TOPIC = 249  # characters of a topic's name, as Kafka takes them
MOST_DIGITS = 10  # of a number that PostgreSQL keeps as an integer


@dataclass(frozen=True, slots=True)
class DeadLetterFacts:
    """What failed, where and why. `kind` is `order`, `message` or `unsendable`."""

    dl_id: str
    kind: str
    order_id: str | None
    service: str
    source_topic: str
    error_code: str
    error_message: str
    retriable: bool
    attempts: int
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class DeadLetterLine(DeadLetterFacts):
    """One line of a list; `state` is `open`, `replayed`, `released` or `discarded`."""

    state: str
    closed_at: datetime | None
    closed_by: str | None


@dataclass(frozen=True, slots=True)
class DeadLetter(DeadLetterLine):
    """With the record, byte for byte."""

    record_key: bytes | None
    value: bytes | None
    headers: RawHeaders


@dataclass(frozen=True, slots=True)
class _NewLetter(DeadLetterFacts):
    """A row of `ADD`, column by column; `headers` are text."""

    record_key: bytes | None
    value: bytes | None
    headers: str


def text_headers(headers: RawHeaders) -> dict[str, str]:
    """For people to read; a header without a value is left out, and the last of a name wins."""
    return {name: _text(value) for name, value in headers if value is not None}


def key_text(key: str) -> str:
    """How a letter is found by its record's key, which may be of any length."""
    return digested(key, IDENTIFIER)


def number_in(text: str) -> int | None:
    """A number of a header, which anybody may have written; None for what PostgreSQL keeps as no integer."""
    return int(text) if text.isdecimal() and len(text) < MOST_DIGITS else None


def _text(value: bytes) -> str:
    """PostgreSQL keeps no NUL in a text. The bytes themselves are kept beside it."""
    return value.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


async def add(connection: Connection, records: Sequence[Record]) -> list[str]:
    """Keep what came on the dead-letter topic; a record that is here already (its dl-id) changes nothing.

    Answers the ids of those that are new and tell of a message that can never be sent.
    """
    if not records:
        return []
    letters = [_read(record) for record in records]
    rows = await connection.fetch(ADD, *columns(sorted(letters, key=attrgetter("dl_id"))))
    added = {row["dl_id"] for row in rows if row["kind"] == UNSENDABLE}
    return [dl_id for dl_id in dict.fromkeys(one.dl_id for one in letters) if dl_id in added]


def _read(record: Record) -> _NewLetter:
    headers = text_headers(list(record.headers))
    # Our own headers come last and win, so that nobody can pass a message off as an order of ours.
    ours = (headers.get(dl.SERVICE), headers.get(dl.SOURCE_TOPIC)) == ("order-intake", "saga")
    fallout = ours and headers.get("ce_type") == OrderFallout.ce_type
    dl_id, attempts = headers.get(dl.ID, ""), number_in(headers.get(dl.ATTEMPTS, ""))
    return _NewLetter(
        dl_id=dl_id if 0 < len(dl_id) <= LONGEST_ID else f"{record.topic}-{record.partition}-{record.offset}",
        kind="order" if fallout else UNSENDABLE if headers.get(dl.ERROR_CODE) == UNSENDABLE else "message",
        order_id=key_text(_text(record.key)) if record.key else None,
        service=headers.get(dl.SERVICE, "unknown")[:NAME],
        source_topic=headers.get(dl.SOURCE_TOPIC, record.topic)[:TOPIC],
        error_code=headers.get(dl.ERROR_CODE, "unknown")[:NAME],
        error_message=headers.get(dl.ERROR_MESSAGE, "")[:PARAGRAPH],
        retriable=headers.get(dl.RETRIABLE) == "true",
        attempts=1 if attempts is None else attempts,
        failed_at=_moment(headers.get(dl.FAILED_AT, "")),
        record_key=record.key,
        value=record.value,
        headers=headers_to_text(list(record.headers)),
    )


def _moment(text: str) -> datetime:
    """Anybody may have written it; a letter is kept whatever its headers say."""
    with suppress(ValueError):
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is not None and EARLIEST <= moment <= LATEST:
            return moment
    return datetime.now(UTC)


async def find(pool: Pool | Connection, dl_id: str) -> DeadLetter | None:
    """The whole dead letter."""
    return _whole(await pool.fetchrow(ONE, dl_id))


async def lock(connection: Connection, dl_id: str) -> DeadLetter | None:
    """The whole dead letter, locked until the transaction ends."""
    return _whole(await connection.fetchrow(LOCK, dl_id))


def _whole(row: dict[str, object] | None) -> DeadLetter | None:
    return DeadLetter(**{**dict(row), "headers": headers_from_text(str(row["headers"]))}) if row else None  # type: ignore[arg-type]


async def close(connection: Connection, dl_id: str, state: str, who: str) -> bool:
    """False when it was closed already."""
    return str(await connection.execute(CLOSE, dl_id, state, who)).endswith(" 1")
