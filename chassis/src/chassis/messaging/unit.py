"""What a handler works with: the transaction it is in, the time, and the way out for its messages."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from chassis.messaging import outbox
from chassis.messaging.dead_letters import count_dead, dead_letter
from chassis.messaging.incoming import Incoming, Record
from chassis.messaging.outgoing import Outgoing, event
from chassis.runtime.clock import Clock
from chassis.runtime.database import Connection, Pool
from contracts.envelope import Envelope
from contracts.message import Message


class Unit:
    """The unit of work. Nothing leaves before the transaction commits; handlers never commit.

    `incoming` are the messages being handled, in the order in which the handler got them. `now` is real time,
    `business_now` what it is for orders, billing and due dates (see `chassis.runtime.clock`). What is in `after` is
    called once the transaction has committed: metrics must not count what was rolled back.
    """

    def __init__(
        self, connection: Connection, service: str, incoming: Sequence[Incoming] = (), clock: Clock | None = None
    ) -> None:
        self.connection = connection
        self.service = service
        self.incoming = incoming
        self.now = datetime.now(UTC)
        self.business_now = self.now + clock.ahead if clock else self.now
        self.outgoing: list[Outgoing] = []
        self.after: list[Callable[[], None]] = []

    def emit(self, message: Message, cause: Envelope | None = None) -> None:
        """Publish an event or a fact when the transaction commits, in the trace of its `cause`."""
        self.outgoing.append(event(message, self.service, self.now, cause))

    def send(self, outgoing: Outgoing) -> None:
        """Send a message that has its envelope already, when the transaction commits."""
        self.outgoing.append(outgoing)

    def bury(self, record: Record, error: BaseException) -> None:
        """A record that nobody can handle becomes a dead letter when the transaction commits: one more row of it."""
        self.outgoing.append(dead_letter(record, self.service, error))
        self.after.append(partial(count_dead, self.service, record, error))

    async def flush(self) -> None:
        """Write what was sent into the outbox."""
        await outbox.write(self.connection, self.outgoing)
        self.outgoing = []


@dataclass(frozen=True, slots=True)
class Units:
    """Where units of work begin that no message began: HTTP and jobs. `pool` serves plain reads."""

    pool: Pool
    service: str
    clock: Clock

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Unit]:
        """A transaction; commits on the way out, and not when something is raised."""
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                unit = Unit(connection, self.service, clock=self.clock)
                yield unit
                await unit.flush()
            for counted in unit.after:
                counted()
