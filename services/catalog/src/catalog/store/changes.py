"""Changes of billing dates in PostgreSQL: who, when, why, from which date to which."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Literal, NamedTuple

from chassis.runtime.database import Connection, Pool

# Another change.
ADD = """
INSERT INTO billing_changes (order_id, subscription_id, what, old, new, who, why, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING change_id
"""
# Those of an order.
OF_ORDER = """
SELECT subscription_id, what, old, new, who, why, at FROM billing_changes WHERE order_id = $1 ORDER BY change_id
"""


# To which start those of some orders were moved last.
MOVED = """
SELECT DISTINCT ON (order_id) order_id, new FROM billing_changes
WHERE order_id = ANY($1::text[]) AND what = 'start' ORDER BY order_id, change_id DESC
"""
# Whose order it is.
PARTNER = "SELECT partner_id FROM order_billing WHERE order_id = $1"


class Change(NamedTuple):
    """`old` is None for an end where there was none. Without a subscription it is the start of the whole order."""

    subscription_id: int | None
    what: Literal["start", "end"]
    old: date | None
    new: date
    who: str
    why: str
    at: datetime


async def add(connection: Connection, order_id: str, change: Change) -> int:
    """Its number, which the postings carry that it makes."""
    it = change
    values = order_id, it.subscription_id, it.what, it.old, it.new, it.who, it.why, it.at
    return int(await connection.fetchval(ADD, *values))


async def moved(connection: Connection, orders: Collection[str]) -> dict[str, date]:
    """By order, where it was."""
    return {row["order_id"]: row["new"] for row in await connection.fetch(MOVED, orders)} if orders else {}


async def of_order(pool: Pool, order_id: str) -> list[Change]:
    """The oldest first."""
    return [Change(*row) for row in await pool.fetch(OF_ORDER, order_id)]


async def partner_of(pool: Pool, order_id: str) -> str | None:
    """None for an order that was never priced."""
    found: str | None = await pool.fetchval(PARTNER, order_id)
    return found
