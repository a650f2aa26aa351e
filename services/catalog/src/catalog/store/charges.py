"""The planned charges of each run in PostgreSQL: whole batches in one statement."""

from collections.abc import Sequence
from typing import Any

from catalog.domain.charges import exact_of
from catalog.domain.order_billing import OrderBilling
from chassis.runtime.database import Connection
from contracts.catalog import ChargeLine

# New lines.
ADD = """
INSERT INTO charges (order_id, run, price_book, line, item_id, package, kind, quantity, unit_price,
    from_date, to_date, days, days_in_period, exact_amount, amount, first_period)
SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::int[],
    $9::numeric[], $10::date[], $11::date[], $12::int[], $13::int[], $14::numeric[], $15::numeric[], $16::boolean[])
"""
# The planned lines of a run, and of those before it, are void.
VOID = """
UPDATE charges SET state = 'void'
FROM unnest($1::text[], $2::int[]) AS wish (order_id, run)
WHERE charges.order_id = wish.order_id AND charges.run <= wish.run AND state = 'planned'
"""
# Others come instead.
REMOVE = "DELETE FROM charges WHERE order_id = $1 AND run = $2 AND state = 'planned'"


async def add(connection: Connection, lines: Sequence[tuple[OrderBilling, ChargeLine]]) -> None:
    """Each with the order that plans it."""
    if lines:
        await connection.execute(ADD, *zip(*(_row(billing, line) for billing, line in lines), strict=True))


async def remove(connection: Connection, order_id: str, run: int) -> None:
    """What a run has planned."""
    await connection.execute(REMOVE, order_id, run)


async def void(connection: Connection, wishes: Sequence[tuple[str, int]]) -> None:
    """What (order id, run) pairs planned, in that run or before; what is void or posted stays as it is."""
    if wishes:
        await connection.execute(VOID, *zip(*wishes, strict=True))


def _row(billing: OrderBilling, line: ChargeLine) -> tuple[Any, ...]:
    charge = line.line, line.item_id, line.package, line.kind, line.quantity, line.unit_price
    period = line.from_date, line.to_date, line.days, line.days_in_period
    amounts = exact_of(line), line.amount, line.first_period
    return billing.order_id, billing.run, line.price_book or billing.priced.price_book, *charge, *period, *amounts
