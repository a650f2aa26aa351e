"""The inventory in PostgreSQL: claims with SKIP LOCKED, whole batches in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from chassis.database import Connection
from contracts.numbers import ReservedNumber, ReserveNumbers, WantedNumbers
from did_inventory.domain.allocation import Free, Scope
from did_inventory.domain.backorders import Backorder

CHOSEN = """
SELECT number, npa, nxx, rate_center FROM numbers
WHERE number = ANY($1::text[]) AND status = 'available' ORDER BY number FOR UPDATE
"""
SEARCH = """
SELECT number, npa, nxx, rate_center FROM numbers
WHERE npa = $1 AND ($2::text IS NULL OR nxx = $2) AND status = 'available' ORDER BY number LIMIT $3 FOR UPDATE
"""
CLAIM = """
UPDATE numbers SET status = 'reserved', order_id = claim.order_id, run = claim.run, trunking = claim.trunking,
    changed_at = now()
FROM unnest($1::text[], $2::text[], $3::int[], $4::boolean[]) AS claim (number, order_id, run, trunking)
WHERE numbers.number = claim.number AND numbers.status = 'available'
RETURNING numbers.number
"""
RELEASE = """
UPDATE numbers SET status = 'available', order_id = NULL, run = NULL, trunking = false, backorder_id = NULL,
    changed_at = now()
FROM unnest($1::text[], $2::int[]) AS undo (order_id, run)
WHERE numbers.order_id = undo.order_id AND numbers.run = undo.run AND numbers.status = 'reserved'
RETURNING numbers.number, numbers.npa, numbers.nxx, numbers.rate_center, undo.order_id
"""
ASSIGN = """
UPDATE numbers SET status = 'assigned', customer_id = wish.customer_id, changed_at = now()
FROM unnest($1::text[], $2::text[]) AS wish (order_id, customer_id)
WHERE numbers.order_id = wish.order_id AND numbers.status IN ('reserved', 'assigned')
RETURNING numbers.order_id, numbers.number
"""
ASSIGN_BACKORDERS = """
UPDATE backorders SET customer_id = wish.customer_id
FROM unnest($1::text[], $2::text[]) AS wish (order_id, customer_id)
WHERE backorders.order_id = wish.order_id AND NOT backorders.cancelled
"""
QUEUE = """
INSERT INTO backorders (order_id, run, partner_id, npa, nxx, quantity, missing, trunking)
SELECT order_id, run, partner_id, npa, nxx, quantity, quantity, trunking
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[], $6::int[], $7::boolean[])
    WITH ORDINALITY AS wish (order_id, run, partner_id, npa, nxx, quantity, trunking, place)
ORDER BY place
"""
CANCEL_BACKORDERS = """
UPDATE backorders SET cancelled = true FROM unnest($1::text[], $2::int[]) AS undo (order_id, run)
WHERE backorders.order_id = undo.order_id AND backorders.run = undo.run AND NOT cancelled
"""
# Held by whoever queues a backorder and by whoever brings stock, so that neither misses the other.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(4411, npa::int) FROM unnest($1::text[]) AS area (npa) ORDER BY npa"
OPEN_BACKORDERS = """
SELECT backorder_id, order_id, npa, nxx, missing, trunking FROM backorders
WHERE npa = ANY($1::text[]) AND missing > 0 AND NOT cancelled ORDER BY backorder_id FOR UPDATE
"""
DELIVER = """
UPDATE numbers SET status = CASE WHEN backorders.customer_id IS NULL THEN 'reserved' ELSE 'assigned' END,
    order_id = backorders.order_id, run = backorders.run, customer_id = backorders.customer_id,
    trunking = backorders.trunking, backorder_id = backorders.backorder_id, changed_at = now()
FROM unnest($1::text[], $2::bigint[]) AS delivery (number, backorder_id) JOIN backorders USING (backorder_id)
WHERE numbers.number = delivery.number AND numbers.status = 'available'
"""
COUNT_DOWN = """
UPDATE backorders SET missing = missing - delivery.count
FROM unnest($1::bigint[], $2::int[]) AS delivery (backorder_id, count)
WHERE backorders.backorder_id = delivery.backorder_id
"""
STANDING = """
SELECT order_id, sum(missing)::int AS missing, min(partner_id) AS partner_id, max(run) AS run
FROM backorders
WHERE order_id = ANY($1::text[]) AND NOT cancelled GROUP BY order_id
"""
DELIVERED = """
SELECT order_id, number, trunking, rate_center, changed_at FROM numbers
WHERE order_id = ANY($1::text[]) AND backorder_id IS NOT NULL ORDER BY number
"""
ADD = """
INSERT INTO numbers (number, npa, nxx, rate_center, region)
SELECT number, substr(number, 3, 3), substr(number, 6, 3), $2, $3 FROM unnest($1::text[]) AS stock (number)
ON CONFLICT (number) DO NOTHING RETURNING number, npa, nxx, rate_center
"""


class Standing(NamedTuple):
    """How the backorders of an order stand; `filled_at` is when the last number came."""

    partner_id: str
    run: int
    missing: int
    filled: tuple[ReservedNumber, ...]
    filled_at: datetime | None


async def chosen(connection: Connection, commands: Iterable[ReserveNumbers]) -> dict[str, Free]:
    """The asked-for numbers that are free; locked in number order, so that two batches cannot deadlock."""
    numbers = [choice.number for command in commands for choice in command.chosen]
    rows = await connection.fetch(CHOSEN, numbers) if numbers else []
    return {row["number"]: Free(*row) for row in rows}


async def candidates(connection: Connection, scopes: Mapping[Scope, int]) -> dict[Scope, list[Free]]:
    """Free numbers of each scope, at most as many as may be needed.

    SKIP LOCKED may hide numbers whose holder rolls back; before a scope counts as short it is asked again, waiting,
    and under the lock that stock arrives under: whoever sees a shortage queues before the next stock is handed out.
    """
    found: dict[Scope, list[Free]] = {}
    for (npa, nxx), room in sorted(scopes.items(), key=str):
        rows = await connection.fetch(SEARCH + " SKIP LOCKED", npa, nxx, room)
        if len(rows) < room:
            await connection.execute(ONE_AT_A_TIME, [npa])
            rows = await connection.fetch(SEARCH, npa, nxx, room)
        found[npa, nxx] = [Free(*row) for row in rows]
    return found


async def claim(connection: Connection, claims: Sequence[tuple[str, str, int, bool]]) -> None:
    """Raises RuntimeError when a locked number was not available after all: the transaction must not commit."""
    if not claims:
        return
    numbers, orders, runs, trunking = zip(*claims, strict=True)
    done = await connection.fetch(CLAIM, numbers, orders, runs, trunking)
    if len(done) != len(claims):
        raise RuntimeError(f"{len(claims) - len(done)} of {len(claims)} locked numbers were taken")


async def queue(connection: Connection, wishes: Sequence[tuple[ReserveNumbers, WantedNumbers]]) -> None:
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
        )


async def release(connection: Connection, undos: Sequence[tuple[str, int]]) -> tuple[dict[str, list[str]], list[Free]]:
    """(order id, run) pairs -> numbers given back by order, and the same as stock for the backorders of others."""
    orders, runs = zip(*undos, strict=True)
    await connection.execute(CANCEL_BACKORDERS, orders, runs)
    given: dict[str, list[str]] = {}
    stock = []
    for number, npa, nxx, rate_center, order_id in await connection.fetch(RELEASE, orders, runs):
        given.setdefault(order_id, []).append(number)
        stock.append(Free(number, npa, nxx, rate_center))
    return given, stock


async def assign(connection: Connection, wishes: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    """(order id, customer id) pairs -> assigned numbers by order; a repeat answers the same."""
    orders, customers = zip(*wishes, strict=True)
    await connection.execute(ASSIGN_BACKORDERS, orders, customers)
    assigned: dict[str, list[str]] = {}
    for order_id, number in await connection.fetch(ASSIGN, orders, customers):
        assigned.setdefault(order_id, []).append(number)
    return assigned


async def open_backorders(connection: Connection, npas: Iterable[str]) -> list[Backorder]:
    """In the order of the queue, locked."""
    await connection.execute(ONE_AT_A_TIME, sorted(set(npas)))
    rows = await connection.fetch(OPEN_BACKORDERS, sorted(set(npas)))
    return [Backorder(row[0], row[1], (row[2], row[3]), row[4], row[5]) for row in rows]


async def deliver(connection: Connection, filled: Mapping[int, Sequence[Free]]) -> None:
    pairs = [(free.number, backorder_id) for backorder_id, frees in filled.items() for free in frees]
    await connection.execute(DELIVER, [number for number, _ in pairs], [backorder_id for _, backorder_id in pairs])
    await connection.execute(COUNT_DOWN, list(filled), [len(frees) for frees in filled.values()])


async def standing(connection: Connection, orders: Sequence[str]) -> dict[str, Standing]:
    """How many numbers each order still misses, and what its backorders have brought."""
    delivered: dict[str, list[ReservedNumber]] = {}
    last: dict[str, datetime] = {}
    for order_id, number, trunking, rate_center, changed_at in await connection.fetch(DELIVERED, orders):
        one = ReservedNumber(number=number, trunking=trunking, rate_center=rate_center)
        delivered.setdefault(order_id, []).append(one)
        last[order_id] = max(changed_at, last.get(order_id, changed_at))
    open_ = {row["order_id"]: row for row in await connection.fetch(STANDING, orders)}
    return {
        one: Standing(
            open_[one]["partner_id"] if one in open_ else "",
            open_[one]["run"] if one in open_ else 1,
            open_[one]["missing"] if one in open_ else 0,
            tuple(delivered.get(one, ())),
            last.get(one),
        )
        for one in orders
    }


async def add(connection: Connection, numbers: Sequence[str], rate_center: str, region: str) -> list[Free]:
    """New stock; numbers that are known already are left alone and not returned."""
    return [Free(*row) for row in await connection.fetch(ADD, numbers, rate_center, region)]
