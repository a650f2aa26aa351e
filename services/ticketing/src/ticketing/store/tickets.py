"""Tickets in PostgreSQL as the rules need them: those of whole batches of orders, locked or not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chassis.runtime.database import Connection
from ticketing.domain.tickets import Resolution, SignedResolution, Ticket

# All tickets of these orders, with their resolutions.
STANDING = """
SELECT ticket_id, order_id, partner_id, kind, item_id, state, run,
    outcome, reason, activated_on, trunk_group, numbers_confirmed, note, resolved_by, resolved_at
FROM tickets WHERE order_id = ANY($1::text[]) ORDER BY ticket_id
"""
# The same, locked in the order of their ids.
STANDING_LOCKED = f"{STANDING} FOR UPDATE"
# The same, unread.
LOCK_ROWS = "SELECT FROM tickets WHERE order_id = ANY($1::text[]) ORDER BY ticket_id FOR UPDATE"
# The order that a ticket belongs to.
ORDER_OF = "SELECT order_id FROM tickets WHERE ticket_id = $1"
# When a ticket was opened, and in which time zone its customer counts days.
OPENED = "SELECT opened_at, time_zone FROM tickets WHERE ticket_id = $1"


async def standing(connection: Connection, orders: Sequence[str]) -> list[Ticket]:
    return [_ticket(row) for row in await connection.fetch(STANDING, orders)]


async def lock(connection: Connection, orders: Sequence[str]) -> list[Ticket]:
    """The tickets of the orders, ours until the transaction ends; in id order, so that nobody can deadlock."""
    return [_ticket(row) for row in await connection.fetch(STANDING_LOCKED, orders)]


async def lock_rows(connection: Connection, orders: Sequence[str]) -> None:
    """As `lock`, for what is read later."""
    await connection.execute(LOCK_ROWS, orders)


async def lock_siblings(connection: Connection, ticket_id: int) -> list[Ticket]:
    """All tickets of its order: of two people who resolve the last two, the second sees what the first did."""
    order_id = await connection.fetchval(ORDER_OF, ticket_id)
    return await lock(connection, [order_id]) if order_id is not None else []


async def opened(connection: Connection, ticket_id: int) -> tuple[datetime, str]:
    """When (business time), and the time zone of the customer, which may be empty. The ticket must exist."""
    row = await connection.fetchrow(OPENED, ticket_id)
    assert row is not None
    return row["opened_at"], row["time_zone"]


def _ticket(row: Any) -> Ticket:
    ticket_id, order_id, partner_id, kind, item_id, state, run, *form, resolved_by, resolved_at = row
    resolution = SignedResolution(Resolution(*form), resolved_by, resolved_at) if row["outcome"] else None
    return Ticket(ticket_id, order_id, partner_id, kind, item_id, state, run, resolution)
