"""What tests stand on: records, a producer without a broker, and a world that plays both sides of a saga.

Written by hand and shared by the tests of all services; nothing that runs in production imports it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from chassis.messaging.outgoing import RawHeaders
from contracts.envelope import Envelope
from contracts.message import Command, Message, Reply

S = TypeVar("S")
T = TypeVar("T")
EPOCH = datetime(2027, 3, 1, 12, tzinfo=UTC)
Sent = tuple[str, str, int]  # step, direction, attempt: what makes a command the same message


async def eventually(fact: Callable[[], Awaitable[T]], patience: float = 15.0) -> T:
    """The first true answer of `fact`; for what another task or process brings about in its own time."""
    deadline = asyncio.get_running_loop().time() + patience
    while not (answer := await fact()):
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"still {answer!r} after {patience} seconds")
        await asyncio.sleep(0.005)
    return answer


# ── records ──────────────────────────────────────────────────────────────────────────────────────────────────────────


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
    """The record of a message; with a step and a direction it belongs to a saga."""
    run = message.run if isinstance(message, Command | Reply) else 1
    envelope = Envelope(
        id=message_id,
        type=message.ce_type,
        source="test",
        key=message.order_id,
        time=EPOCH,
        saga=f"{message.order_id}:{run}" if step else "",
        step=step,
        direction=direction,
    )
    headers: RawHeaders = [(name, value.encode()) for name, value in envelope.headers().items()]
    return FakeRecord(topic or message.topic, message.order_id.encode(), message.encode(), headers, offset=offset)


class FakeProducer:
    """Has the one method of aiokafka's producer that the relay uses, and its assertion.

    `fails_at_once` and `fails_later` look at a record and answer with the error it gets, from `send` itself or from the
    acknowledgement. `received` is what the broker took, in order.
    """

    def __init__(self) -> None:
        self.received: list[FakeRecord] = []
        self.fails_at_once: Callable[[FakeRecord], BaseException | None] = lambda _: None
        self.fails_later: Callable[[FakeRecord], BaseException | None] = lambda _: None

    async def send(
        self, topic: str, value: bytes | None = None, key: bytes | None = None, *, headers: RawHeaders | None = None
    ) -> "asyncio.Future[None]":
        assert not (value is None and key is None), "Need at least one: key or value"
        record = FakeRecord(topic, key, value, list(headers or ()))
        if error := self.fails_at_once(record):
            raise error
        acknowledgement: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if error := self.fails_later(record):
            acknowledgement.set_exception(error)
        else:
            self.received.append(record)
            acknowledgement.set_result(None)
        return acknowledgement


# ── one side of a saga: the run ──────────────────────────────────────────────────────────────────────────────────────
