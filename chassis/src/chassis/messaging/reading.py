"""From records to messages: what can be read goes on, what cannot is poison and becomes a dead letter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import ValidationError

from chassis.errors import Permanent
from chassis.messaging.incoming import Incoming, Record, step_message_id
from chassis.messaging.service import Service
from contracts.bounds import CLOCKS_DIFFER, IDENTIFIER, NAME
from contracts.echo import quoted
from contracts.envelope import Envelope, NotAnEvent
from contracts.faults import told
from contracts.message import Command, Fact, Reply
from contracts.vocabulary import MESSAGES

DIRECTIONS = ("do", "undo", "ask")
ATTEMPT = re.compile("[1-9][0-9]{0,17}")


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
    if len(envelope.key) > IDENTIFIER:
        raise NotReadable(f"the record's key has {len(envelope.key)} characters; at most {IDENTIFIER} are read")
    try:
        message = kind.parse(record.value or b"")
    except ValidationError as error:
        first = told(error.errors(include_url=False)[:1], kind)[0]
        where = f"{first.pointer}: " if first.pointer else ""
        raise NotReadable(f"{kind.__name__}: {where}{first.detail} ({error.error_count()} faults)") from error
    if isinstance(message, Command | Reply | Fact) and message.key != envelope.key:
        raise NotReadable(f"the record's key {quoted(envelope.key)} is not what it is about, {quoted(message.key)}")
    if isinstance(message, Fact) and message.changed_at > datetime.now(UTC) + CLOCKS_DIFFER:
        detail = f"{kind.__name__} is of {message.changed_at.isoformat()}, which is yet to come"
        raise NotReadable(f"{detail}; the newest fact counts, so one of the future would count for ever")
    if isinstance(message, Command | Reply):
        check_place(envelope, message)
    one = Incoming(record, envelope, message)
    if fault := service.judge(one):
        raise NotReadable(fault)
    return one


def check_place(envelope: Envelope, message: Command | Reply) -> None:
    """Do the headers name a place in a saga that there can be, and the one that the message itself names?

    A command may be of no saga; a reply always answers the command of a step, whose id it names. Raises NotReadable.
    """
    if isinstance(message, Command) and not (envelope.saga or envelope.step or envelope.direction):
        return
    saga = f"{message.order_id}:{message.run}"
    if envelope.saga != saga:
        raise NotReadable(f"ce_sagaid is {quoted(envelope.saga)}; the message is of {quoted(saga)}")
    if envelope.direction not in DIRECTIONS:
        raise NotReadable(f"ce_direction is {quoted(envelope.direction)}; there is {', '.join(DIRECTIONS)}")
    if not 0 < len(envelope.step) <= NAME:
        raise NotReadable(f"ce_step has {len(envelope.step)} characters; it names the step of the saga in 1 to {NAME}")
    stem, _, attempt = envelope.causation.rpartition(":")
    if isinstance(message, Reply) and (
        stem != step_message_id(saga, envelope.step, envelope.direction) or not ATTEMPT.fullmatch(attempt)
    ):
        raise NotReadable(
            f"ce_causationid is {quoted(envelope.causation)}; a reply names the id of the command of its step"
        )


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
