"""What operators did: who, when, why, before and after."""

from dataclasses import dataclass
from datetime import datetime

from chassis.runtime.database import Connection, Pool

# One act, in the transaction that does it.
WRITE = """
INSERT INTO operator_actions (who, action, why, order_id, dl_id, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
# What was done to an order, oldest first.
OF_ORDER = "SELECT who, action, why, dl_id, at FROM operator_actions WHERE order_id = $1 ORDER BY action_id"


@dataclass(frozen=True, slots=True)
class Act:
    """One act on an order; `dl_id` is the dead letter it was about."""

    who: str
    action: str
    why: str
    dl_id: str | None
    at: datetime


async def write(
    connection: Connection,
    *,
    who: str,
    action: str,
    why: str,
    order_id: str | None = None,
    dl_id: str | None = None,
    before: str | None = None,
    after: str | None = None,
) -> None:
    """`before` and `after` are JSON texts of what was edited."""
    await connection.execute(WRITE, who, action, why, order_id, dl_id, before, after)


async def of_order(pool: Pool, order_id: str) -> list[Act]:
    """Oldest first."""
    return [Act(*row) for row in await pool.fetch(OF_ORDER, order_id)]
