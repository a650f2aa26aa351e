"""Numbers in PostgreSQL: claims with SKIP LOCKED, whole batches in one statement.

`at` is business time: holds, aging and billing of delivered numbers count from it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from chassis.runtime.database import Connection, Pool
from contracts.numbers import ReserveNumbers, Side
from did_inventory.domain.allocation import Free, Scope

# The asked-for numbers that are free and that no other transaction has locked.
CHOSEN = """
SELECT number, npa, nxx, rate_center FROM numbers
WHERE number = ANY($1::text[]) AND status = 'available' ORDER BY number FOR UPDATE SKIP LOCKED
"""
# Those that are free, or held by somebody who may give them back.
FREE = "SELECT number FROM numbers WHERE number = ANY($1::text[]) AND status = 'available'"
# Free numbers of an area code that no other transaction has locked, in the order of the index of what is available.
IN_AREA = """
SELECT number, npa, nxx, rate_center FROM numbers
WHERE npa = $1 AND status = 'available' ORDER BY npa, nxx, number LIMIT $2 FOR UPDATE SKIP LOCKED
"""
# The same of an area code and exchange.
IN_EXCHANGE = """
SELECT number, npa, nxx, rate_center FROM numbers
WHERE npa = $1 AND nxx = $3 AND status = 'available' ORDER BY npa, nxx, number LIMIT $2 FOR UPDATE SKIP LOCKED
"""
# Free numbers become an order's.
CLAIM = """
UPDATE numbers SET status = 'reserved', order_id = claim.order_id, run = claim.run, trunking = claim.trunking,
    partner_id = claim.partner_id, changed_at = $6
FROM unnest($1::text[], $2::text[], $3::int[], $4::boolean[], $5::text[])
    AS claim (number, order_id, run, trunking, partner_id)
WHERE numbers.number = claim.number AND numbers.status = 'available'
RETURNING numbers.number
"""
# What a run of an order has reserved on a side is free again. (Orders are given twice, here and below: by the join
# alone, a planner whose statistics are older than the orders reads all numbers that any order has.)
RELEASE = """
UPDATE numbers SET status = 'available', order_id = NULL, partner_id = NULL, run = NULL, trunking = false,
    backorder_id = NULL, came_at = NULL, changed_at = $4
FROM unnest($1::text[], $2::int[], $3::text[]) AS undo (order_id, run, side)
WHERE numbers.order_id = ANY($1::text[]) AND numbers.order_id = undo.order_id
    AND numbers.run = undo.run AND numbers.status = 'reserved'
    AND (undo.side = 'all' OR numbers.trunking = (undo.side = 'trunking'))
RETURNING numbers.number, numbers.npa, numbers.nxx, numbers.rate_center, undo.order_id
"""
# What an order has reserved on a side becomes its customer's.
ASSIGN = """
UPDATE numbers SET status = 'assigned', customer_id = wish.customer_id, changed_at = $4
FROM unnest($1::text[], $2::text[], $3::text[]) AS wish (order_id, customer_id, side)
WHERE numbers.order_id = ANY($1::text[]) AND numbers.order_id = wish.order_id
    AND numbers.status IN ('reserved', 'assigned')
    AND (wish.side = 'all' OR numbers.trunking = (wish.side = 'trunking'))
RETURNING numbers.order_id, numbers.number
"""
# New stock; what is known stays as it is and is not returned.
ADD = """
INSERT INTO numbers (number, npa, nxx, rate_center, region, changed_at)
SELECT number, substr(number, 3, 3), substr(number, 6, 3), $2, $3, $4 FROM unnest($1::text[]) AS stock (number)
ON CONFLICT (number) DO NOTHING RETURNING number, npa, nxx, rate_center
"""
# After much new stock, or the planner takes the table for empty, and reads all of it.
ANALYZE = "ANALYZE numbers"


async def chosen(connection: Connection, commands: Iterable[ReserveNumbers]) -> dict[str, Free]:
    """The asked-for numbers that are free, locked: all of them where the area is ours alone (see `locks`)."""
    numbers = [choice.number for command in commands for choice in command.chosen]
    rows = await connection.fetch(CHOSEN, numbers) if numbers else []
    return {row["number"]: Free(*row) for row in rows}


async def free(connection: Connection, asked: Collection[str]) -> list[str]:
    """Those that are free as far as anybody has told; not locked."""
    return [row["number"] for row in await connection.fetch(FREE, asked)] if asked else []


async def candidates(connection: Connection, scopes: Mapping[Scope, int]) -> dict[Scope, list[Free]]:
    """Free numbers of each scope, locked, at most as many as may be needed.

    SKIP LOCKED hides numbers whose holder may roll back. A scope only counts as short where the area is ours alone (see
    `locks`): then nobody holds any, and whoever sees a shortage queues before the next stock is handed out.
    """
    found: dict[Scope, list[Free]] = {}
    for (npa, nxx), room in sorted(scopes.items(), key=str):
        place = (npa, room) if nxx is None else (npa, room, nxx)
        rows = await connection.fetch(IN_AREA if nxx is None else IN_EXCHANGE, *place)
        found[npa, nxx] = [Free(*row) for row in rows]
    return found


async def claim(
    connection: Connection, claims: Sequence[tuple[str, str, int, bool]], partners: Mapping[str, str], at: datetime
) -> None:
    """`partners` are those of the orders.

    Raises RuntimeError when a locked number was not available after all: the transaction must not commit.
    """
    if not claims:
        return
    numbers, orders, runs, trunking = zip(*claims, strict=True)
    owners = [partners[order_id] for order_id in orders]
    done = await connection.fetch(CLAIM, numbers, orders, runs, trunking, owners, at)
    if len(done) != len(claims):
        raise RuntimeError(f"{len(claims) - len(done)} of {len(claims)} locked numbers were taken")


async def release(
    connection: Connection, undos: Sequence[tuple[str, int, Side]], at: datetime
) -> tuple[dict[str, list[str]], list[Free]]:
    """(order id, run, side) -> numbers given back by order, and the same as stock for the backorders of others."""
    given: dict[str, list[str]] = {}
    stock = []
    for number, npa, nxx, rate_center, order_id in await connection.fetch(RELEASE, *zip(*undos, strict=True), at):
        given.setdefault(order_id, []).append(number)
        stock.append(Free(number, npa, nxx, rate_center))
    return given, stock


async def assign(connection: Connection, wishes: Sequence[tuple[str, str, Side]], at: datetime) -> dict[str, list[str]]:
    """(order id, customer id, side) -> assigned numbers by order; a repeat answers the same."""
    assigned: dict[str, list[str]] = {}
    for order_id, number in await connection.fetch(ASSIGN, *zip(*wishes, strict=True), at):
        assigned.setdefault(order_id, []).append(number)
    return assigned


async def add(
    connection: Connection, numbers: Sequence[str], rate_center: str, region: str, at: datetime
) -> list[Free]:
    """New stock; numbers that are known already are left alone and not returned."""
    return [Free(*row) for row in await connection.fetch(ADD, numbers, rate_center, region, at)]


async def analyze(pool: Pool) -> None:
    """To be called after much new stock."""
    await pool.execute(ANALYZE)
