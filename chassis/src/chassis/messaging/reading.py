"""From records to messages: what can be read goes on, what cannot is poison and becomes a dead letter."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import ValidationError

from chassis.errors import Permanent
from chassis.messaging.incoming import Incoming, Record
from chassis.messaging.service import Service
from contracts.envelope import Envelope, NotAnEvent
from contracts.message import Command, Fact
from contracts.vocabulary import MESSAGES


class NotReadable(Permanent):
    """The record is no message that we can read."""

    code = "message-not-readable"


class UnknownMessage(Permanent):
    """Nobody here handles this type of message."""

    code = "message-unknown"


@dataclass(slots=True)
class Batch:
    """What was fetched, sorted: `poison` is what nobody can read, with the reason; `raw` is by topic, undecoded."""

    readable: list[Incoming] = field(default_factory=list)
    poison: list[tuple[Record, Permanent]] = field(default_factory=list)
    raw: dict[str, list[Record]] = field(default_factory=dict)


def read_envelope(record: Record) -> Envelope:
    """Raises NotReadable."""
    try:
        envelope = Envelope.of(record.headers, record.key)
    except NotAnEvent as error:
        raise NotReadable(str(error)) from error
    if "\0" in envelope.id or "\0" in envelope.key:
        raise NotReadable("the id or the key contains a NUL character, which no database keeps")
    return envelope


def read_one(record: Record, service: Service) -> Incoming | None:
    """The message of a record; None for an event that does not concern us. Raises NotReadable, UnknownMessage."""
    envelope = read_envelope(record)
    kind = MESSAGES.get(envelope.type)
    if kind is None or kind not in service.handlers:
        if record.topic.endswith(".events"):
            return None
        raise UnknownMessage(f"{envelope.type} on {record.topic}; {service.name} handles {_handled(service)}.")
    try:
        message = kind.parse(record.value or b"")
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = "/".join(str(part) for part in first["loc"])
        raise NotReadable(f"{kind.__name__}: /{where}: {first['msg']} ({error.error_count()} faults)") from error
    if isinstance(message, Command | Fact) and message.key != envelope.key:
        raise NotReadable(f"the record's key {envelope.key!r} is not what it is about, {message.key!r}")
    return Incoming(record, envelope, message)


def read(records: Sequence[Record], service: Service) -> Batch:
    """Sorts a poll: messages that we handle, records taken as they are, and what nobody can read."""
    batch = Batch()
    for record in records:
        if record.topic in service.raw:
            batch.raw.setdefault(record.topic, []).append(record)
            continue
        try:
            one = read_one(record, service)
        except (NotReadable, UnknownMessage) as error:
            batch.poison.append((record, error))
        else:
            if one is not None:
                batch.readable.append(one)
    return batch


def _handled(service: Service) -> str:
    return ", ".join(sorted(kind.__name__ for kind in service.handlers))
