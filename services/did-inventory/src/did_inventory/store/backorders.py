"""Backorders in PostgreSQL: the queue, what stock has brought, and how each order stands."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from chassis.runtime.database import Connection
from contracts.numbers import ReservedNumber, ReserveNumbers, Side, WantedNumbers
from did_inventory.domain.allocation import Free
from did_inventory.domain.backorders import Backorder

# New backorders, in the order of the batch.
QUEUE = """
INSERT INTO backorders (order_id, run, partner_id, npa, nxx, quantity, missing, trunking, submitted_at)
SELECT order_id, run, partner_id, npa, nxx, quantity, quantity, trunking, $8
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::boolean[])
    WITH ORDINALITY AS wish (order_id, run, partner_id, npa, nxx, quantity, trunking, place)
ORDER BY place
"""
# A run was taken back, or a side of it: its backorders wait no longer.
CANCEL = """
UPDATE backorders SET cancelled = true FROM unnest($1::text[], $2::int[], $3::text[]) AS undo (order_id, run, side)
WHERE backorders.order_id = undo.order_id AND backorders.run = undo.run AND NOT cancelled
    AND (undo.side = 'all' OR backorders.trunking = (undo.side = 'trunking'))
"""
# From now on what comes for a side is assigned to the customer at once.
ASSIGN = """
UPDATE backorders SET customer_id = wish.customer_id
FROM unnest($1::text[], $2::text[], $3::text[]) AS wish (order_id, customer_id, side)
WHERE backorders.order_id = wish.order_id AND NOT backorders.cancelled
    AND (wish.side = 'all' OR backorders.trunking = (wish.side = 'trunking'))
"""
# Who waits in these area codes, first come first.
OPEN = """
SELECT backorder_id, order_id, npa, nxx, missing, trunking FROM backorders
WHERE npa = ANY($1::text[]) AND missing > 0 AND NOT cancelled ORDER BY backorder_id
"""
# Free numbers go to the backorders that they fill.
DELIVER = """
UPDATE numbers SET status = CASE WHEN backorders.customer_id IS NULL THEN 'reserved' ELSE 'assigned' END,
    order_id = backorders.order_id, run = backorders.run, customer_id = backorders.customer_id,
    partner_id = backorders.partner_id, trunking = backorders.trunking, backorder_id = backorders.backorder_id,
    came_at = $3, changed_at = $3
FROM unnest($1::text[], $2::bigint[]) AS delivery (number, backorder_id) JOIN backorders USING (backorder_id)
WHERE numbers.number = delivery.number AND numbers.status = 'available'
"""
# How many each of them misses now.
COUNT_DOWN = """
UPDATE backorders SET missing = missing - delivery.count, delivered_at = $3
FROM unnest($1::bigint[], $2::int[]) AS delivery (backorder_id, count)
WHERE backorders.backorder_id = delivery.backorder_id
"""
# What each order still misses, and when a number last came.
STANDING = """
SELECT order_id, sum(missing)::int AS missing, min(partner_id) AS partner_id, max(run) AS run,
    max(delivered_at) AS filled_at
FROM backorders
WHERE order_id = ANY($1::text[]) AND NOT cancelled GROUP BY order_id
"""
# What the backorders of each order have brought.
DELIVERED = """
SELECT order_id, number, trunking, rate_center, came_at FROM numbers
WHERE order_id = ANY($1::text[]) AND backorder_id IS NOT NULL ORDER BY number
"""


class Standing(NamedTuple):
    """How the backorders of an order stand; `filled_at` (business time) is when the last number came."""

    partner_id: str
    run: int
    missing: int
    filled: tuple[ReservedNumber, ...]
    filled_at: datetime | None


async def queue(connection: Connection, wishes: Sequence[tuple[ReserveNumbers, WantedNumbers]], at: datetime) -> None:
    """New backorders at the end of the queue."""
    if wishes:
        await connection.execute(
            QUEUE,
            [command.order_id for command, _ in wishes],
            [command.run for command, _ in wishes],
            [command.partner_id for command, _ in wishes],
            [wanted.npa for _, wanted in wishes],
            [wanted.nxx for _, wanted in wishes],
            [wanted.quantity for _, wanted in wishes],
            [wanted.trunking for _, wanted in wishes],
            at,
        )


async def cancel(connection: Connection, undos: Sequence[tuple[str, int, Side]]) -> None:
    """The backorders of (order id, run, side)."""
    await connection.execute(CANCEL, *zip(*undos, strict=True))


async def assign(connection: Connection, wishes: Sequence[tuple[str, str, Side]]) -> None:
    """(order id, customer id, side): what comes later is the customer's at once."""
    await connection.execute(ASSIGN, *zip(*wishes, strict=True))


async def waiting(connection: Connection, npas: Iterable[str]) -> list[Backorder]:
    """In the order of the queue; it must be locked (see `locks`), or another may hand out to it as well."""
    rows = await connection.fetch(OPEN, sorted(set(npas)))
    return [Backorder(row[0], row[1], (row[2], row[3]), row[4], row[5]) for row in rows]


async def deliver(connection: Connection, filled: Mapping[int, Sequence[Free]], at: datetime) -> None:
    """Numbers by the backorder that gets them."""
    pairs = [(free.number, backorder_id) for backorder_id, frees in filled.items() for free in frees]
    await connection.execute(DELIVER, [number for number, _ in pairs], [backorder for _, backorder in pairs], at)
    await connection.execute(COUNT_DOWN, list(filled), [len(frees) for frees in filled.values()], at)


async def standing(connection: Connection, orders: Sequence[str]) -> dict[str, Standing]:
    """How many numbers each order still misses, and what its backorders have brought."""
    delivered: dict[str, list[ReservedNumber]] = {}
    for order_id, number, trunking, rate_center, came_at in await connection.fetch(DELIVERED, orders):
        one = ReservedNumber(number=number, trunking=trunking, rate_center=rate_center, came_at=came_at)
        delivered.setdefault(order_id, []).append(one)
    rows = {row["order_id"]: row for row in await connection.fetch(STANDING, orders)}
    return {
        one: Standing(
            rows[one]["partner_id"] if one in rows else "",
            rows[one]["run"] if one in rows else 1,
            rows[one]["missing"] if one in rows else 0,
            tuple(delivered.get(one, ())),
            rows[one]["filled_at"] if one in rows else None,
        )
        for one in orders
    }
