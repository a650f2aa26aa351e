"""The dead-letter envelope: value, key and headers untouched, plus headers that say what happened, as UTF-8 text."""

import traceback
from datetime import UTC, datetime
from uuid import uuid4

from prometheus_client import Counter

from chassis.errors import Transient, code_of, in_words
from chassis.messaging.incoming import Record
from chassis.messaging.outgoing import Outgoing, RawHeaders
from chassis.messaging.references import KILOBYTE, is_too_large, reference, telling
from contracts.topics import DEAD_LETTERS

DEAD = Counter("dead_letters_total", "Dead letters written.", ["service", "source_topic", "error_code"])

ID = "dl-id"
SERVICE = "dl-service"
SOURCE_TOPIC = "dl-source-topic"
SOURCE_PARTITION = "dl-source-partition"
SOURCE_OFFSET = "dl-source-offset"
ERROR_CODE = "dl-error-code"
ERROR_CLASS = "dl-error-class"
ERROR_MESSAGE = "dl-error-message"
TRACEBACK = "dl-traceback"
ATTEMPTS = "dl-attempts"
FIRST_FAILED_AT = "dl-first-failed-at"
FAILED_AT = "dl-failed-at"
RETRIABLE = "dl-retriable"
REPLAYED_BY = "replayed-by"
REPLAY_OF = "replay-of"
REPLAY_COUNT = "replay-count"
LONGEST_TRACEBACK = 8_000
LONGEST_MESSAGE = 2_000


def traceback_of(error: BaseException) -> str:
    """The end of the traceback: records have a size limit, and the end is where it broke."""
    return "".join(traceback.format_exception(error))[-LONGEST_TRACEBACK:]


def count_dead(service: str, record: Record, error: BaseException) -> None:
    """To be called after the commit."""
    DEAD.labels(service, record.topic, code_of(error)).inc()


def dead_letter(
    record: Record,
    service: str,
    error: BaseException,
    *,
    attempts: int = 1,
    first_failed_at: datetime | None = None,
    letter_id: str | None = None,
) -> Outgoing:
    """The record with what happened to it, on its way to `dead-letters`. `attempts` counts from 1.

    A letter whose `letter_id` is known by order-intake changes nothing there; without one, each is another.
    One that would be too large is kept by reference, with the first kilobyte of its key and of its value.
    """
    now = datetime.now(UTC)
    reasons = {
        ID: letter_id or uuid4().hex,
        SERVICE: service,
        SOURCE_TOPIC: record.topic,
        SOURCE_PARTITION: str(record.partition),
        SOURCE_OFFSET: str(record.offset),
        ERROR_CODE: code_of(error),
        ERROR_CLASS: type(error).__name__,
        ERROR_MESSAGE: in_words(error)[:LONGEST_MESSAGE],
        TRACEBACK: traceback_of(error),
        ATTEMPTS: str(attempts),
        FIRST_FAILED_AT: (first_failed_at or now).isoformat(),
        FAILED_AT: now.isoformat(),
        RETRIABLE: str(isinstance(error, Transient)).lower(),
    }
    ours: RawHeaders = [(name, value.encode(errors="replace")) for name, value in reasons.items()]
    if is_too_large(record):
        ours += reference(record).items()
        key, value = (part and part[:KILOBYTE] for part in (record.key, record.value))
        return Outgoing(DEAD_LETTERS.name, key, value, [*telling(record.headers), *ours])
    return Outgoing(DEAD_LETTERS.name, record.key, record.value, [*record.headers, *ours])
