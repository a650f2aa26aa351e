"""The inventory in PostgreSQL: claims with SKIP LOCKED, whole batches in one statement."""

from collections.abc import Iterable, Mapping, Sequence

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
UPDATE numbers SET status = 'reserved', order_id = claim.order_id, trunking = claim.trunking, changed_at = now()
FROM unnest($1::text[], $2::text[], $3::boolean[]) AS claim (number, order_id, trunking)
WHERE numbers.number = claim.number AND numbers.status = 'available'
RETURNING numbers.number
"""
RELEASE = """
UPDATE numbers SET status = 'available', order_id = NULL, trunking = false, backorder_id = NULL, changed_at = now()
WHERE order_id = ANY($1::text[]) AND status = 'reserved'
RETURNING number, npa, nxx, rate_center, (SELECT old.order_id FROM numbers AS old WHERE old.number = numbers.number)
    AS order_id
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
CANCEL_BACKORDERS = "UPDATE backorders SET cancelled = true WHERE order_id = ANY($1::text[]) AND NOT cancelled"
OPEN_BACKORDERS = """
SELECT backorder_id, order_id, npa, nxx, missing, trunking FROM backorders
WHERE npa = ANY($1::text[]) AND missing > 0 AND NOT cancelled ORDER BY backorder_id FOR UPDATE
"""
DELIVER = """
UPDATE numbers SET status = CASE WHEN backorders.customer_id IS NULL THEN 'reserved' ELSE 'assigned' END,
    order_id = backorders.order_id, customer_id = backorders.customer_id, trunking = backorders.trunking,
    backorder_id = backorders.backorder_id, changed_at = now()
FROM unnest($1::text[], $2::bigint[]) AS delivery (number, backorder_id) JOIN backorders USING (backorder_id)
WHERE numbers.number = delivery.number AND numbers.status = 'available'
"""
COUNT_DOWN = """
UPDATE backorders SET missing = missing - delivery.count
FROM unnest($1::bigint[], $2::int[]) AS delivery (backorder_id, count)
WHERE backorders.backorder_id = delivery.backorder_id
"""
STANDING = """
SELECT backorders.order_id, sum(missing)::int AS missing FROM backorders
WHERE order_id = ANY($1::text[]) AND NOT cancelled GROUP BY order_id
"""
DELIVERED = """
SELECT order_id, number, trunking, rate_center FROM numbers
WHERE order_id = ANY($1::text[]) AND backorder_id IS NOT NULL ORDER BY number
"""
ADD = """
INSERT INTO numbers (number, npa, nxx, rate_center, region)
SELECT number, substr(number, 3, 3), substr(number, 6, 3), $2, $3 FROM unnest($1::text[]) AS stock (number)
ON CONFLICT (number) DO NOTHING RETURNING number, npa, nxx, rate_center
"""


async def chosen(connection: Connection, commands: Iterable[ReserveNumbers]) -> dict[str, Free]:
    """The asked-for numbers that are free; locked in number order, so that two batches cannot deadlock."""
    numbers = [choice.number for command in commands for choice in command.chosen]
    rows = await connection.fetch(CHOSEN, numbers) if numbers else []
    return {row["number"]: Free(*row) for row in rows}


async def candidates(connection: Connection, scopes: Mapping[Scope, int]) -> dict[Scope, list[Free]]:
    """Free numbers of each scope, at most as many as may be needed.

    SKIP LOCKED may hide numbers whose holder rolls back; before a scope counts as short it is asked again, waiting.
    """
    found: dict[Scope, list[Free]] = {}
    for (npa, nxx), room in sorted(scopes.items(), key=str):
        rows = await connection.fetch(SEARCH + " SKIP LOCKED", npa, nxx, room)
        if len(rows) < room:
            rows = await connection.fetch(SEARCH, npa, nxx, room)
        found[npa, nxx] = [Free(*row) for row in rows]
    return found


async def claim(connection: Connection, claims: Sequence[tuple[str, str, bool]]) -> None:
    """Raises RuntimeError when a locked number was not available after all: the transaction must not commit."""
    if not claims:
        return
    numbers, orders, trunking = zip(*claims, strict=True)
    done = await connection.fetch(CLAIM, numbers, orders, trunking)
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


async def release(connection: Connection, orders: Sequence[str]) -> tuple[dict[str, list[str]], list[Free]]:
    """Numbers given back by order, and the same as stock for the backorders of others."""
    await connection.execute(CANCEL_BACKORDERS, orders)
    given: dict[str, list[str]] = {}
    stock = []
    for number, npa, nxx, rate_center, order_id in await connection.fetch(RELEASE, orders):
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
    rows = await connection.fetch(OPEN_BACKORDERS, sorted(set(npas)))
    return [Backorder(row[0], row[1], (row[2], row[3]), row[4], row[5]) for row in rows]


async def deliver(connection: Connection, filled: Mapping[int, Sequence[Free]]) -> None:
    pairs = [(free.number, backorder_id) for backorder_id, frees in filled.items() for free in frees]
    await connection.execute(DELIVER, [number for number, _ in pairs], [backorder_id for _, backorder_id in pairs])
    await connection.execute(COUNT_DOWN, list(filled), [len(frees) for frees in filled.values()])


async def standing(connection: Connection, orders: Sequence[str]) -> dict[str, tuple[int, tuple[ReservedNumber, ...]]]:
    """How many numbers each order still misses, and what its backorders have brought."""
    delivered: dict[str, list[ReservedNumber]] = {}
    for order_id, number, trunking, rate_center in await connection.fetch(DELIVERED, orders):
        one = ReservedNumber(number=number, trunking=trunking, rate_center=rate_center)
        delivered.setdefault(order_id, []).append(one)
    missing = {row["order_id"]: row["missing"] for row in await connection.fetch(STANDING, orders)}
    return {order: (missing.get(order, 0), tuple(delivered.get(order, ()))) for order in orders}


async def add(connection: Connection, numbers: Sequence[str], rate_center: str, region: str) -> list[Free]:
    """New stock; numbers that are known already are left alone and not returned."""
    return [Free(*row) for row in await connection.fetch(ADD, numbers, rate_center, region)]
