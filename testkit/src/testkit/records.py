"""Records as a broker would bring them, and rows of the outbox as their receivers will read them."""

from dataclasses import dataclass
from typing import Any

from chassis.messaging.incoming import step_message_id
from chassis.messaging.outbox import headers_from_text
from chassis.messaging.outgoing import RawHeaders
from contracts.envelope import Envelope
from contracts.message import MESSAGES, Command, Message, Reply
from testkit.time import EPOCH


@dataclass(slots=True)
class FakeRecord:
    """The part of a consumed record that the boundary looks at."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: RawHeaders
    partition: int = 0
    offset: int = 0


def record_of(
    message: Message, message_id: str, *, step: str = "", direction: str = "", topic: str = "", offset: int = 0
) -> FakeRecord:
    """The record of a message; with a step and a direction it is of a saga, and a reply answers the first attempt."""
    run = message.run if isinstance(message, Command | Reply) else 1
    saga = f"{message.key}:{run}" if step else ""
    answers = step and isinstance(message, Reply)
    envelope = Envelope(
        id=message_id,
        type=message.ce_type,
        source="test",
        key=message.key,
        time=EPOCH,
        causation=f"{step_message_id(saga, step, direction)}:1" if answers else "",
        saga=saga,
        step=step,
        direction=direction,
    )
    headers: RawHeaders = [(name, value.encode()) for name, value in envelope.headers().items()]
    return FakeRecord(topic or message.topic, message.key.encode(), message.encode(), headers, offset=offset)


@dataclass(slots=True)
class Letter:
    """A row of the outbox, read as its receiver will read it."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: RawHeaders

    @classmethod
    def of(cls, row: Any) -> "Letter":
        """`row` has the columns topic, key, value and headers."""
        return cls(row["topic"], row["key"], row["value"], headers_from_text(row["headers"]))

    @property
    def envelope(self) -> Envelope:
        return Envelope.of(self.headers, self.key)

    @property
    def message(self) -> Message:
        return MESSAGES[self.envelope.type].parse(self.value or b"")

    @property
    def texts(self) -> dict[str, str]:
        """The headers for people to read."""
        return {name: (value or b"").decode(errors="replace") for name, value in self.headers}

    @property
    def id(self) -> str:
        return self.texts["ce_id"]

    def again(self, topic: str = "") -> FakeRecord:
        """As a record that somebody consumes."""
        return FakeRecord(topic or self.topic, self.key, self.value, self.headers)
