"""Charge lines in PostgreSQL: whole batches in one statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from catalog.domain.charges import exact_of
from catalog.domain.order_billing import OrderBilling
from chassis.runtime.database import Connection
from contracts.catalog import ChargeLine

# New lines: posted at the given time, or planned if there is none.
ADD = """
INSERT INTO charges (order_id, run, price_book, line, item_id, package, kind, quantity, unit_price,
    from_date, to_date, days, days_in_period, exact_amount, amount, first_period, state, posted_at)
SELECT *, CASE WHEN $17::timestamptz IS NULL THEN 'planned' ELSE 'posted' END, $17::timestamptz
FROM unnest($1::text[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::numeric[],
    $10::date[], $11::date[], $12::int[], $13::int[], $14::numeric[], $15::numeric[], $16::boolean[])
"""
# Planned lines get their final quantity and amount, and are posted or void.
SETTLE = """
UPDATE charges SET state = wish.state, quantity = wish.quantity, exact_amount = wish.exact_amount,
    amount = wish.amount, posted_at = CASE wish.state WHEN 'posted' THEN $8::timestamptz END
FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::numeric[], $6::numeric[], $7::text[])
    AS wish (order_id, run, line, quantity, exact_amount, amount, state)
WHERE charges.order_id = wish.order_id AND charges.run = wish.run AND charges.line = wish.line
    AND charges.state = 'planned'
RETURNING charges.line
"""
# The planned lines of a run, and of those before it, are void.
VOID = """
UPDATE charges SET state = 'void'
FROM unnest($1::text[], $2::int[]) AS wish (order_id, run)
WHERE charges.order_id = wish.order_id AND charges.run <= wish.run AND state = 'planned'
"""


async def add(
    connection: Connection, lines: Sequence[tuple[OrderBilling, ChargeLine]], posted_at: datetime | None
) -> None:
    """New lines of orders; without `posted_at` they are planned."""
    if lines:
        await connection.execute(ADD, *zip(*(_row(billing, line) for billing, line in lines), strict=True), posted_at)


async def settle(
    connection: Connection, orders: Iterable[tuple[OrderBilling, Sequence[ChargeLine]]], posted_at: datetime
) -> None:
    """Of each order's lines of the first period, those given are posted as they are given, and the others void.

    Raises RuntimeError when a line was not planned after all: the transaction must not commit.
    """
    rows = [row for billing, posted in orders for row in _settled(billing, posted)]
    if not rows:
        return
    done = await connection.fetch(SETTLE, *zip(*rows, strict=True), posted_at)
    if len(done) != len(rows):
        raise RuntimeError(f"{len(rows) - len(done)} of {len(rows)} due lines were not planned")


async def void(connection: Connection, wishes: Sequence[tuple[str, int]]) -> None:
    """What (order id, run) pairs planned, in that run or before; what is void or posted stays as it is."""
    if wishes:
        await connection.execute(VOID, *zip(*wishes, strict=True))


def _row(billing: OrderBilling, line: ChargeLine) -> tuple[Any, ...]:
    charge = line.line, line.item_id, line.package, line.kind, line.quantity, line.unit_price
    period = line.from_date, line.to_date, line.days, line.days_in_period
    amounts = exact_of(line), line.amount, line.first_period
    return billing.order_id, billing.run, line.price_book or billing.priced.price_book, *charge, *period, *amounts


def _settled(billing: OrderBilling, posted: Sequence[ChargeLine]) -> Iterable[tuple[Any, ...]]:
    """Void is the line for numbers when all of those are backordered."""
    due = {line.line: line for line in posted}
    for planned in billing.priced.lines:
        if planned.first_period:
            line, state = due.get(planned.line, planned), "posted" if planned.line in due else "void"
            yield billing.order_id, billing.run, line.line, line.quantity, exact_of(line), line.amount, state
