"""A message on its way into the outbox; its id is fixed here, so a second send is a duplicate and not a new message."""

import os
import re
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from contracts.envelope import Envelope
from contracts.message import Message

HEX_32 = re.compile("[0-9a-f]{32}")
RawHeaders = list[tuple[str, bytes | None]]


@dataclass(slots=True)
class Outgoing:
    """A row of the outbox: a record as it will be sent, headers and bytes."""

    topic: str
    key: bytes | None
    value: bytes | None
    headers: RawHeaders


def span(traceparent: str) -> str:
    """A new span in the trace of `traceparent` (W3C trace context), or the first span of a new trace."""
    parts = traceparent.split("-")
    trace = parts[1] if len(parts) == 4 and HEX_32.fullmatch(parts[1]) else os.urandom(16).hex()
    return f"00-{trace}-{os.urandom(8).hex()}-01"


def order_trace(order_id: str) -> str:
    """A new span in the order's own trace: whoever has the order id has the trace id.

    Something that is no UUID (a rejection has the portal's key, a fact its own) gets a trace of its own.
    """
    return span(f"00-{order_id.replace('-', '')}-{'0' * 16}-01")


def pack(message: Message, envelope: Envelope, topic: str = "") -> Outgoing:
    """The record of a message; `topic` is where its kind belongs unless told otherwise."""
    headers: RawHeaders = [(name, value.encode()) for name, value in envelope.headers().items()]
    return Outgoing(topic or message.topic, envelope.key.encode(), message.encode(), headers)


def event(message: Message, source: str, now: datetime, cause: Envelope | None = None) -> Outgoing:
    """An event or a fact, in the trace of its cause, else of its order."""
    envelope = Envelope(
        id=uuid4().hex,
        type=message.ce_type,
        source=source,
        key=message.key,
        time=now,
        causation=cause.id if cause else "",
        traceparent=span(cause.traceparent) if cause else order_trace(message.key),
    )
    return pack(message, envelope)


def reply_envelope(command: Envelope, reply_type: str, source: str, now: datetime) -> Envelope:
    """The envelope of the answer to `command`; its id is derived, so an answer sent again is the same message."""
    return Envelope(
        id=f"{command.id}:reply",
        type=reply_type,
        source=source,
        key=command.key,
        time=now,
        causation=command.id,
        saga=command.saga,
        step=command.step,
        direction=command.direction,
        traceparent=span(command.traceparent),
    )
