"""A record that is larger than its dead letter may be: kept by reference, with its beginning and its end.

Where it lies is in every dead letter (topic, partition, offset); here its size, its digest, and what tells which
message it is. It cannot be replayed from there.
"""

from collections.abc import Mapping
from hashlib import sha256

from chassis.messaging.incoming import Headers, Record
from chassis.messaging.outgoing import RawHeaders
from contracts.topics import DEAD_LETTER_HEADERS, DEAD_LETTERS

LARGEST_KEPT = DEAD_LETTERS.max_message_bytes - DEAD_LETTER_HEADERS  # key, value and headers
PER_HEADER = 10  # bytes for the lengths of a header in a record, at most
KILOBYTE = 1_024
KEY_BYTES, VALUE_BYTES, HEADER_BYTES = "dl-key-bytes", "dl-value-bytes", "dl-header-bytes"
VALUE_SHA256, VALUE_END = "dl-value-sha256", "dl-value-end"
# What tells which message it is, and which step of which run it belongs to.
TOLD = ("ce_id", "ce_source", "ce_type", "ce_specversion", "ce_time", "ce_sagaid", "ce_step", "ce_direction")
TOLD_TOO = ("ce_causationid", "traceparent")


def is_too_large(record: Record) -> bool:
    """Would the dead letter not fit with the record as it is?"""
    return len(record.key or b"") + len(record.value or b"") + size_of(record.headers) > LARGEST_KEPT


def size_of(headers: Headers) -> int:
    return sum(len(name.encode()) + len(value or b"") + PER_HEADER for name, value in headers)


def telling(headers: Headers) -> RawHeaders:
    """Those that say which message it is; the last of each name, for a stranger may repeat one without end."""
    last = {name: value for name, value in headers if name in (*TOLD, *TOLD_TOO) and len(value or b"") < KILOBYTE}
    return list(last.items())


def reference(record: Record) -> Mapping[str, bytes]:
    """What its dead letter says instead of the record; the first kilobyte of key and value stay where they are."""
    value = record.value or b""
    return {
        KEY_BYTES: str(len(record.key or b"")).encode(),
        VALUE_BYTES: str(len(value)).encode(),
        HEADER_BYTES: str(size_of(record.headers)).encode(),
        VALUE_SHA256: sha256(value).hexdigest().encode(),
        VALUE_END: value[-KILOBYTE:],
    }
