"""CloudEvents 1.0 in Kafka binary mode: attributes travel as `ce_` headers, the record value is the data alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from contracts.bounds import MESSAGE_ID
from contracts.echo import quoted
from contracts.names import is_seen

CONTENT_TYPE = "application/json"
MOST_NAMED = 5
HEADERS_REQUIRED = ("ce_id", "ce_source", "ce_type", "ce_specversion")


class NotAnEvent(ValueError):
    """The record carries no CloudEvents attributes that we can read."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """The attributes of one message.

    `id` is the idempotency key, `key` the record key. `causation` is the id of the message that caused this one (a
    reply's command). `saga`, `step` and `direction` are set on commands and their replies; `saga` is
    `{order id}:{run}`. `extra` holds the headers that are none of ours, `unclear` why some of those do not count.
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
    content_type: str = CONTENT_TYPE
    extra: dict[str, str] = field(default_factory=dict)
    unclear: dict[str, str] = field(default_factory=dict)

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
        """Read the headers of a record, whose key may be missing.

        What comes twice or is not UTF-8 does not count, and is told in `unclear`. Raises NotAnEvent for an attribute of
        CloudEvents that does not count, when one that CloudEvents 1.0 requires is missing or shows nothing, and for an
        id that no index would keep.
        """
        found, unclear = _read(headers)
        if fault := _fault(found, unclear):
            raise NotAnEvent(fault)
        return cls._of(found, unclear, key)

    @classmethod
    def of_whatever(cls, headers: Iterable[tuple[str, bytes | None]], key: bytes | None) -> "Envelope":
        """As much as there is of one, so that its sender can be answered; what is missing is empty."""
        found, unclear = _read(headers)
        found["ce_time"] = ""
        return cls._of(found, unclear, key)

    @classmethod
    def _of(cls, found: Mapping[str, str], unclear: dict[str, str], key: bytes | None) -> "Envelope":
        return cls(
            id=found.get("ce_id", ""),
            type=found.get("ce_type", ""),
            source=found.get("ce_source", ""),
            key=key.decode(errors="replace") if key is not None else found.get("ce_partitionkey", ""),
            time=datetime.fromisoformat(found["ce_time"]) if found.get("ce_time") else _UNDATED,
            causation=found.get("ce_causationid", ""),
            saga=found.get("ce_sagaid", ""),
            step=found.get("ce_step", ""),
            direction=found.get("ce_direction", ""),
            traceparent=found.get("traceparent", ""),
            content_type=found.get("content-type", ""),
            extra={name: value for name, value in found.items() if name not in _KNOWN},
            unclear=unclear,
        )


def _fault(found: Mapping[str, str], unclear: Mapping[str, str]) -> str:
    """Why it is no event of ours; "" when it is one."""
    if strange := [f"{name} {why}" for name, why in unclear.items() if name.startswith("ce_")]:
        return f"{', '.join(strange[:MOST_NAMED])}; each attribute is there once, in UTF-8"
    if missing := [name for name in HEADERS_REQUIRED if not is_seen(found.get(name, "")[:MESSAGE_ID])]:
        return f"missing header {', '.join(missing)}; a CloudEvents 1.0 record in binary mode has them"
    if len(found["ce_id"]) > MESSAGE_ID:
        return f"ce_id has {len(found['ce_id'])} characters; at most {MESSAGE_ID} are read"
    if found["ce_specversion"] != "1.0":
        return f"ce_specversion is {quoted(found['ce_specversion'])}; only 1.0 is read"
    return _fault_of_time(found.get("ce_time", ""))


def _fault_of_time(text: str) -> str:
    if not text:
        return ""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return f"ce_time {quoted(text)} is not an RFC 3339 time"
    return "" if time.tzinfo else f"ce_time {quoted(text)} has no offset; RFC 3339 wants one"


def _read(headers: Iterable[tuple[str, bytes | None]]) -> tuple[dict[str, str], dict[str, str]]:
    """The values by name, and why others do not count: whichever of two one takes, the other was meant too."""
    found: dict[str, str] = {}
    unclear: dict[str, str] = {}
    for name, value in headers:
        if name in found:
            unclear[name] = "is there more than once"
        try:
            found[name] = value.decode() if value is not None else ""
        except UnicodeDecodeError:
            unclear[name] = "is not UTF-8"
    for name in unclear:
        found.pop(name, None)
    return found, unclear


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
