"""What a transaction of the inventory locks, in the one order: areas, then backorders by id, then numbers by number.

Whatever changes numbers or backorders of an area shares the area with others that do. Who finds too few there has it
alone: then nobody holds a number that may yet be free, and no stock comes before the backorder is queued.
"""

from collections.abc import Collection
from dataclasses import dataclass

from chassis.runtime.database import Connection

# The areas of what these orders hold, and wait for.
AREAS_OF = """
SELECT npa FROM numbers WHERE order_id = ANY($1::text[])
UNION SELECT npa FROM backorders WHERE order_id = ANY($1::text[])
"""
# Areas until the transaction ends: those of the second list alone, the others with whoever shares them.
AREAS = """
SELECT CASE WHEN npa = ANY($2::text[]) THEN pg_advisory_xact_lock(4411, npa::int)::text
    ELSE pg_advisory_xact_lock_shared(4411, npa::int)::text END
FROM unnest($1::text[]) AS area (npa) ORDER BY npa
"""
# The backorders of orders, and those that stock of these areas may fill.
BACKORDERS = """
SELECT FROM backorders
WHERE NOT cancelled AND (order_id = ANY($1::text[]) OR npa = ANY($2::text[]) AND missing > 0)
ORDER BY backorder_id FOR UPDATE
"""
# What orders hold.
NUMBERS = """
SELECT FROM numbers WHERE order_id = ANY($1::text[]) AND status IN ('reserved', 'assigned') ORDER BY number FOR UPDATE
"""


@dataclass(frozen=True, slots=True)
class Touched:
    """`orders` are those whose numbers and backorders change, `stocked` the areas in which numbers become free."""

    areas: frozenset[str]
    orders: Collection[str] = ()
    stocked: Collection[str] = ()


async def areas_of(connection: Connection, orders: Collection[str]) -> set[str]:
    """Not locked yet: of an order they never change but by its own commands."""
    return {row["npa"] for row in await connection.fetch(AREAS_OF, orders)} if orders else set()


async def take(connection: Connection, touched: Touched, alone: Collection[str] = ()) -> None:
    """To be called once in a transaction, before it reads what it decides by; of the areas some are taken `alone`."""
    if touched.areas:
        await connection.execute(AREAS, sorted(touched.areas), alone)
    if touched.orders or touched.stocked:
        await connection.execute(BACKORDERS, touched.orders, touched.stocked)
    if touched.orders:
        await connection.execute(NUMBERS, touched.orders)
