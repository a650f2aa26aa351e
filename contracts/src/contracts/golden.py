"""Golden messages: one realistic record per message and version, kept as a file that both sides must agree with."""

import json
from dataclasses import dataclass
from typing import Any

from contracts.envelope import Envelope
from contracts.message import Message
from contracts.vocabulary import MESSAGES


@dataclass(frozen=True, slots=True)
class Golden:
    """One Kafka record in the readable spelling of its file: headers and key are text, the value is JSON."""

    key: str
    headers: dict[str, str]
    data: dict[str, Any]

    @classmethod
    def of(cls, text: str) -> "Golden":
        """From the text of its file. Raises ValueError for what is no JSON, TypeError for other fields than ours."""
        return cls(**json.loads(text))

    @property
    def value(self) -> bytes:
        """The record value as JSON; its blanks and order of fields are not those of `Message.encode`."""
        return json.dumps(self.data).encode()

    def envelope(self) -> Envelope:
        """What a reader makes of the headers. Raises NotAnEvent."""
        return Envelope.of([(name, text.encode()) for name, text in self.headers.items()], self.key.encode())

    def message(self) -> Message:
        """What a reader makes of the value. Raises KeyError for a type of no message, pydantic.ValidationError."""
        return MESSAGES[self.headers["ce_type"]].parse(self.value)
