"""What order-intake is told of a row that can never be sent: its dead letter, and what an operator did with it.

Both are small whatever the row holds, so that they can always be sent, and both have the key of the row, so that the
second never overtakes the first. The row itself stays with the service that wrote it.
"""

from datetime import UTC, datetime

from chassis.messaging import dead_letters as dl
from chassis.messaging.outbox import headers_from_text
from chassis.messaging.outgoing import Outgoing, RawHeaders, event
from chassis.messaging.references import HEADER_BYTES, KEY_BYTES, VALUE_BYTES, telling
from chassis.messaging.sendable import Row, Unsendable
from contracts.topics import DEAD_LETTERS
from contracts.unsendable import UnsendableClosed

LONGEST_KEY = 1_024  # an order id has 128 characters at most
BEGINNING = 4_096  # of the value
WRITTEN_AT = "dl-written-at"


def is_notice(row: Row) -> bool:
    """Is the row itself one of these? Then no letter is written of it: that one could not be sent either."""
    last = dict(headers_of(row)) if row["topic"] == DEAD_LETTERS.name else {}
    code, kind = last.get(dl.ERROR_CODE), last.get("ce_type")
    return code == Unsendable.code.encode() or (code is None and kind == UnsendableClosed.ce_type.encode())


def letter_of(row: Row, unsendable_id: str, written_at: datetime, service: str, error: Unsendable) -> Outgoing:
    """The dead letter of a row that was set aside under this id."""
    headers = headers_of(row)
    kept = telling(headers)
    value, now = row["value"] or b"", datetime.now(UTC)
    size = len(value) + len(row["key"] or b"") + sum(len(name) + len(text or b"") for name, text in headers)
    told = {
        dl.ID: unsendable_id,
        dl.SERVICE: service,
        dl.SOURCE_TOPIC: row["topic"],
        dl.ERROR_CODE: Unsendable.code,
        dl.ERROR_CLASS: error.error_class,
        dl.ERROR_MESSAGE: sentence(row, kept, error, size)[: dl.LONGEST_MESSAGE],
        dl.ATTEMPTS: "1",
        dl.FAILED_AT: now.isoformat(),
        dl.RETRIABLE: "false",
        KEY_BYTES: str(len(row["key"] or b"")),
        VALUE_BYTES: str(len(value)),
        HEADER_BYTES: str(size - len(value) - len(row["key"] or b"")),
        WRITTEN_AT: written_at.isoformat(),
    }
    stamped = [*kept, *((name, text.encode(errors="replace")) for name, text in told.items())]
    return Outgoing(DEAD_LETTERS.name, _key(row), value[:BEGINNING], stamped)


def closing(row: Row, service: str, outcome: str, who: str, why: str) -> Outgoing:
    """Tells what an operator did with it; `row` is of the table `unsendable`."""
    now = datetime.now(UTC)
    closed = UnsendableClosed(
        order_id=(_key(row) or b"").decode(errors="replace"),
        unsendable_id=row["unsendable_id"],
        service=service,
        outcome=outcome,
        who=who,
        why=why,
        at=now,
    )
    outgoing = event(closed, service, now)
    outgoing.key = _key(row)
    return outgoing


def sentence(row: Row, headers: RawHeaders, error: Unsendable, size: int) -> str:
    """Which message cannot be sent, and why."""
    kinds = [(value or b"").decode(errors="replace") for name, value in headers if name == "ce_type"]
    what = kinds[-1].split(".")[-2] if kinds and kinds[-1].count(".") > 1 else "a message"
    return f"{what} cannot be sent on {row['topic'][:249]!r}: {error.reason} ({size} bytes)"


def headers_of(row: Row) -> RawHeaders:
    """None of a row that is no record."""
    try:
        return headers_from_text(row["headers"])
    except (ValueError, TypeError, AttributeError, KeyError):
        return []


def _key(row: Row) -> bytes | None:
    return None if row["key"] is None else row["key"][:LONGEST_KEY]
