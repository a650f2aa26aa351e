"""What can never be sent, told apart from a broker that is away or changing.

Only what is in `NEVER` is given up. Topics of ours that are not there, missing rights, time-outs and everything else
about the broker may be mended tomorrow without a change of the row: such a row stays in the outbox. The topic of a
partner is not ours to mend, and its partner chooses the keys of its rows: if they stayed, they would stop every shard.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from aiokafka.errors import InvalidTopicError, MessageSizeTooLargeError, RecordListTooLargeError

from chassis.errors import Permanent
from chassis.messaging.losses import is_compacted
from chassis.messaging.outbox import headers_from_text
from chassis.messaging.outgoing import RawHeaders
from chassis.messaging.presence import ForeignTopicForbidden, ForeignTopicMissing

TOPIC_NAME = re.compile(r"(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}")  # Kafka's own rule
Row = Mapping[str, Any]  # of the outbox


class NotARecord(ValueError):
    """The row holds what no record can be made of."""


# The client library checks the first of them too, before anything is sent.
NEVER: dict[type[Exception], str] = {
    MessageSizeTooLargeError: "larger than its topic (max.message.bytes) or our producer (max_request_size) takes",
    RecordListTooLargeError: "larger than a segment of its topic (segment.bytes)",
    InvalidTopicError: "no topic can have this name",
    NotARecord: "no record can be made of it",
    ForeignTopicMissing: "a topic that is not ours, and the broker has none of this name",
    ForeignTopicForbidden: "a topic that is not ours, and we may not write there",
}


class Unsendable(Permanent):
    """The broker will never take this message as it is."""

    code = "unsendable"

    def __init__(self, error: Exception) -> None:
        reason = NEVER[type(error)]
        self.reason = f"{reason}: {error}" if isinstance(error, NotARecord) else reason
        self.error_class = type(error).__name__
        super().__init__(self.reason)


class Sendable(NamedTuple):
    """The arguments of the producer's `send`."""

    topic: str
    value: bytes | None
    key: bytes | None
    headers: RawHeaders


def can_never_be_sent(error: BaseException) -> bool:
    """Is it the row, and not the broker or the way to it?"""
    return type(error) in NEVER


def sendable(row: Row) -> Sendable:
    """A record needs a key or a value; the dead letter of one that had neither gets an empty value.

    Raises what `can_never_be_sent` knows.
    """
    topic, key, value = row["topic"], row["key"], row["value"]
    if not TOPIC_NAME.fullmatch(topic):
        raise InvalidTopicError
    if key is None and is_compacted(topic):  # brokers answer INVALID_RECORD, which the client library does not know
        raise NotARecord("its topic is compacted, and it has no key")
    try:
        headers = headers_from_text(row["headers"])
        for name, _ in headers:
            name.encode()
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise NotARecord(f"its headers are {row['headers'][:200]!r}") from error
    return Sendable(topic, b"" if key is None and value is None else value, key, headers)
