"""What a handler works with: the transaction it is in, the time, and the way out for its messages."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from chassis.database import Connection, Pool
from chassis.messaging import outbox
from chassis.messaging.incoming import Incoming
from chassis.messaging.outgoing import Outgoing, event
from contracts.envelope import Envelope
from contracts.message import Message


class Unit:
    """The unit of work. Nothing leaves before the transaction commits; handlers never commit.

    `incoming` are the messages being handled, in the order in which the handler got them. What is in `after` is called
    once the transaction has committed: metrics must not count what was rolled back.
    """

    def __init__(self, connection: Connection, service: str, incoming: Sequence[Incoming] = ()) -> None:
        self.connection = connection
        self.service = service
        self.incoming = incoming
        self.now = datetime.now(UTC)
        self.outgoing: list[Outgoing] = []
        self.after: list[Callable[[], None]] = []

    def emit(self, message: Message, cause: Envelope | None = None) -> None:
        """Publish an event when the transaction commits."""
        self.outgoing.append(event(message, self.service, self.now, cause))

    def send(self, outgoing: Outgoing) -> None:
        self.outgoing.append(outgoing)

    async def flush(self) -> None:
        """Write what was sent into the outbox."""
        await outbox.write(self.connection, self.outgoing)
        self.outgoing = []


@asynccontextmanager
async def unit_of_work(pool: Pool, service: str) -> AsyncIterator[Unit]:
    """A transaction that no message began (HTTP, timers); commits on the way out, and not when something is raised."""
    async with pool.acquire() as connection:
        async with connection.transaction():
            unit = Unit(connection, service)
            yield unit
            await unit.flush()
        for counted in unit.after:
            counted()
