"""What a handler works with: the transaction it is in, the time, and the way out for its messages."""

from collections.abc import Sequence
from datetime import UTC, datetime

from chassis.database import Connection
from chassis.messaging import outbox
from chassis.messaging.incoming import Incoming
from chassis.messaging.outgoing import Outgoing, event
from contracts.envelope import Envelope
from contracts.message import Message


class Unit:
    """The unit of work. Nothing leaves before the transaction commits; handlers never commit.

    `incoming` are the messages being handled, in the order in which the handler got them.
    """

    def __init__(self, connection: Connection, service: str, incoming: Sequence[Incoming] = ()) -> None:
        self.connection = connection
        self.service = service
        self.incoming = incoming
        self.now = datetime.now(UTC)
        self.outgoing: list[Outgoing] = []

    def emit(self, message: Message, cause: Envelope | None = None) -> None:
        """Publish an event when the transaction commits."""
        self.outgoing.append(event(message, self.service, self.now, cause))

    def send(self, outgoing: Outgoing) -> None:
        self.outgoing.append(outgoing)

    async def flush(self) -> None:
        """Write what was sent into the outbox; for transactions that no message began (HTTP, timers)."""
        await outbox.write(self.connection, self.outgoing)
        self.outgoing = []
