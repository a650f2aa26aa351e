"""CloudEvents 1.0 in Kafka binary mode: attributes travel as `ce_` headers, the record value is the data alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from contracts.bounds import MESSAGE_ID

CONTENT_TYPE = "application/json"
HEADERS_REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_specversion")


class NotAnEvent(ValueError):
    """The record carries no CloudEvents attributes that we can read."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The attributes of one message.

    `id` is the idempotency key, `key` the record key. `causation` is the id of the message that caused this one (a
    reply's command). `saga`, `step` and `direction` are set on commands and their replies; `saga` is
    `{order id}:{run}`. `extra` holds the headers that are none of ours.
    """

    id: str
    type: str
    source: str
    key: str
    time: datetime
    causation: str = ""
    saga: str = ""
    step: str = ""
    direction: str = ""
    traceparent: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    def headers(self) -> dict[str, str]:
        """The Kafka headers as text, in the binding's spelling (CloudEvents Kafka binding 1.0.2).

        What is empty is left out; `extra` never replaces a header of ours.
        """
        headers = {
            "ce_id": self.id,
            "ce_source": self.source,
            "ce_type": self.type,
            "ce_specversion": "1.0",
            "ce_time": self.time.isoformat().replace("+00:00", "Z"),
            "ce_subject": self.key,
            "ce_partitionkey": self.key,
            "content-type": CONTENT_TYPE,
        }
        for name, value in (
            ("ce_causationid", self.causation),
            ("ce_sagaid", self.saga),
            ("ce_step", self.step),
            ("ce_direction", self.direction),
            ("traceparent", self.traceparent),
        ):
            if value:
                headers[name] = value
        return {**self.extra, **headers}

    @classmethod
    def of(cls, headers: Iterable[tuple[str, bytes | None]], key: bytes | None) -> "Envelope":
        """Read the headers of a record, which may repeat (the last counts) and whose key may be missing.

        Header values that are not UTF-8 are left out. Raises NotAnEvent when what CloudEvents 1.0 requires is missing
        or empty, and for an id that no index would keep.
        """
        found: dict[str, str] = {}
        for name, value in headers:
            try:
                found[name] = value.decode() if value is not None else ""
            except UnicodeDecodeError:
                continue
        missing = [name for name in HEADERS_REQUIRED if not found.get(name)]
        if missing:
            raise NotAnEvent(f"missing header {', '.join(missing)}; a CloudEvents 1.0 record in binary mode has them")
        if len(found["ce_id"]) > MESSAGE_ID:
            raise NotAnEvent(f"ce_id has {len(found['ce_id'])} characters; at most {MESSAGE_ID} are read")
        if found["ce_specversion"] != "1.0":
            raise NotAnEvent(f"ce_specversion is {found['ce_specversion']!r}; only 1.0 is read")
        try:
            time = datetime.fromisoformat(found["ce_time"]) if found.get("ce_time") else _UNDATED
        except ValueError as error:
            raise NotAnEvent(f"ce_time {found['ce_time']!r} is not an RFC 3339 time") from error
        if time.tzinfo is None:
            raise NotAnEvent(f"ce_time {found['ce_time']!r} has no offset; RFC 3339 wants one")
        return cls(
            id=found["ce_id"],
            type=found["ce_type"],
            source=found["ce_source"],
            key=key.decode(errors="replace") if key is not None else found.get("ce_partitionkey", ""),
            time=time,
            causation=found.get("ce_causationid", ""),
            saga=found.get("ce_sagaid", ""),
            step=found.get("ce_step", ""),
            direction=found.get("ce_direction", ""),
            traceparent=found.get("traceparent", ""),
            extra={name: value for name, value in found.items() if name not in _KNOWN},
        )


_UNDATED = datetime.min.replace(tzinfo=UTC)
_KNOWN = {
    *HEADERS_REQUIRED,
    "ce_time",
    "ce_subject",
    "ce_partitionkey",
    "ce_causationid",
    "ce_sagaid",
    "ce_step",
    "ce_direction",
    "content-type",
    "traceparent",
}
