"""Whose customers are, by their orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from catalog.store.ledger import Account
from chassis.runtime.database import Connection, Pool

# Of a customer's orders (of this partner's, if one is given) that whose billing has started last, or was priced last.
NEWEST = """
SELECT partner_id, customer_id, time_zone, order_id, run, state FROM order_billing
WHERE customer_id = $1 AND ($2::text IS NULL OR partner_id = $2)
ORDER BY started_at DESC NULLS LAST, priced_at DESC, order_id LIMIT 1
"""
# An order.
ORDER = "SELECT partner_id, customer_id, time_zone, order_id, run, state FROM order_billing WHERE order_id = $1"


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order that was priced."""

    account: Account
    has_started: bool


async def newest(database: Pool | Connection, customer_id: str, partner_id: str | None = None) -> Ordered | None:
    """The newest order whose billing has started, else one that is priced. None for a customer that has neither.

    `partner_id` None is for who sees those of all.
    """
    return _ordered(await database.fetchrow(NEWEST, customer_id, partner_id))


async def of_order(connection: Connection, order_id: str) -> Ordered | None:
    """None for an order that was never priced."""
    return _ordered(await connection.fetchrow(ORDER, order_id))


def _ordered(row: Sequence[Any] | None) -> Ordered | None:
    return Ordered(Account(*row[:5]), row[5] == "started") if row else None
