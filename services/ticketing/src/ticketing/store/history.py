"""The history of a ticket: who did what, when and why. Lines are only ever added."""

from dataclasses import dataclass
from datetime import datetime

from chassis.runtime.database import Connection, Pool
from ticketing.domain.states import State

# The lines of a ticket, oldest first.
HISTORY = "SELECT at, who, what, state, why FROM history WHERE ticket_id = $1 ORDER BY history_id"
# A person adds a line to a ticket, if there is such a ticket.
COMMENT = """
INSERT INTO history (ticket_id, at, who, what, state, why)
SELECT ticket_id, $2, $3, 'comment', state, $4 FROM tickets WHERE ticket_id = $1
RETURNING at, who, what, state, why
"""


@dataclass(frozen=True, slots=True)
class Line:
    """`at` is business time; `state` is what the ticket was in afterwards."""

    at: datetime
    who: str
    what: str
    state: State
    why: str


async def lines(pool: Pool, ticket_id: int) -> list[Line]:
    return [Line(*row) for row in await pool.fetch(HISTORY, ticket_id)]


async def comment(connection: Connection, ticket_id: int, who: str, text: str, at: datetime) -> Line | None:
    """The new line, or None for an unknown ticket."""
    row = await connection.fetchrow(COMMENT, ticket_id, at, who, text)
    return Line(*row) if row else None
