"""One record as it came, and what we read in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from contracts.envelope import Envelope
from contracts.message import Message

Headers = Sequence[tuple[str, bytes | None]]


class Record(Protocol):
    """The part of aiokafka's ConsumerRecord that we use; a waiting row has it too."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


@dataclass(slots=True, eq=False)
class Incoming:
    """A record that could be read. `record` is kept as it came, for the waiting table and for dead letters."""

    record: Record
    envelope: Envelope
    message: Message

    @property
    def id(self) -> str:
        return self.envelope.id

    @property
    def key(self) -> str:
        """What orders messages: only those of one key are handled in turn."""
        return self.envelope.key

    def counterpart(self, direction: str) -> str:
        """The id of the other half of the same saga step: the undo of a do, the do of an undo."""
        return step_message_id(self.envelope.saga, self.envelope.step, direction)


def step_message_id(saga: str, step: str, direction: str) -> str:
    """The mark that a step of a run left in an inbox, whatever the attempt."""
    return f"{saga}:{step.replace(' ', '-')}:{direction}"
