"""What people did to the ledger by hand, in PostgreSQL: in the transaction that does it."""

from datetime import datetime
from typing import Literal, NamedTuple

from chassis.runtime.database import Connection

# One more.
WRITE = """
INSERT INTO billing_acts (at, who, action, why, customer_id, posting, reference, asked)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
# What was asked under a reference, and what was posted for it.
ASKED = "SELECT asked, posting FROM billing_acts WHERE customer_id = $1 AND reference = $2"


class Act(NamedTuple):
    """`reference` is what who asked calls it, `asked` all that was asked, as text."""

    who: str
    action: Literal["charge", "credit"]
    why: str
    customer_id: str
    posting: int | None = None
    reference: str | None = None
    asked: str | None = None


class Asked(NamedTuple):
    """What came under a reference before."""

    asked: str
    posting: int


async def write(connection: Connection, act: Act, at: datetime) -> None:
    """`at` is business time."""
    await connection.execute(WRITE, at, *act)


async def under(connection: Connection, customer_id: str, reference: str) -> Asked | None:
    """None for a reference that is new."""
    row = await connection.fetchrow(ASKED, customer_id, reference)
    return Asked(*row) if row else None
