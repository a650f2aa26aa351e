"""The billing of orders in PostgreSQL: whole batches in one statement."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from catalog.domain.charges import exact_of
from catalog.domain.order_billing import OrderBilling
from chassis.runtime.database import Connection
from chassis.errors import Transient
from contracts.catalog import ChargeLine, OrderPriced

LOCK = """
SELECT order_id, partner_id, customer_id, time_zone, priced, state,
    numbers_at_start, numbers_backordered, numbers_late, lines_at_start, lines_late
FROM order_billing WHERE order_id = ANY($1::text[]) ORDER BY order_id FOR UPDATE
"""
PLAN = """
INSERT INTO order_billing (order_id, run, partner_id, customer_id, time_zone,
    price_book, billing_start, free_numbers, first_invoice, monthly, priced)
SELECT * FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[],
    $6::text[], $7::date[], $8::int[], $9::numeric[], $10::numeric[], $11::jsonb[])
ON CONFLICT (order_id) DO UPDATE SET run = excluded.run, partner_id = excluded.partner_id,
    customer_id = excluded.customer_id, time_zone = excluded.time_zone, price_book = excluded.price_book,
    billing_start = excluded.billing_start, free_numbers = excluded.free_numbers,
    first_invoice = excluded.first_invoice, monthly = excluded.monthly, priced = excluded.priced,
    state = 'planned', priced_at = now()
WHERE order_billing.run < excluded.run AND order_billing.state <> 'started'
RETURNING order_id
"""
VOID_ORDERS = """
UPDATE order_billing SET state = 'void'
FROM unnest($1::text[], $2::int[]) AS wish (order_id, run)
WHERE order_billing.order_id = wish.order_id AND order_billing.run <= wish.run AND state = 'planned'
"""
VOID_LINES = """
UPDATE charges SET state = 'void'
FROM unnest($1::text[], $2::int[]) AS wish (order_id, run)
WHERE charges.order_id = wish.order_id AND charges.run <= wish.run AND state = 'planned'
"""
START = """
UPDATE order_billing SET state = 'started', started_at = $5, numbers_at_start = wish.numbers,
    numbers_backordered = wish.backordered, lines_at_start = wish.lines
FROM unnest($1::text[], $2::int[], $3::int[], $4::int[]) AS wish (order_id, numbers, backordered, lines)
WHERE order_billing.order_id = wish.order_id AND state = 'planned'
"""
DELIVERED = """
UPDATE order_billing SET numbers_late = wish.numbers, lines_late = wish.lines
FROM unnest($1::text[], $2::int[], $3::int[]) AS wish (order_id, numbers, lines)
WHERE order_billing.order_id = wish.order_id
"""
POST = """
UPDATE charges SET state = wish.state, quantity = wish.quantity, exact_amount = wish.exact_amount,
    amount = wish.amount, posted_at = CASE wish.state WHEN 'posted' THEN $8::timestamptz END
FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::numeric[], $6::numeric[], $7::text[])
    AS wish (order_id, run, line, quantity, exact_amount, amount, state)
WHERE charges.order_id = wish.order_id AND charges.run = wish.run AND charges.line = wish.line
    AND charges.state = 'planned'
RETURNING charges.line
"""
ADD = """
INSERT INTO charges (order_id, run, price_book, line, item_id, package, kind, quantity, unit_price,
    from_date, to_date, days, days_in_period, exact_amount, amount, first_period, state, posted_at)
SELECT *, CASE WHEN $17::timestamptz IS NULL THEN 'planned' ELSE 'posted' END, $17::timestamptz
FROM unnest($1::text[], $2::int[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::int[], $9::numeric[],
    $10::date[], $11::date[], $12::int[], $13::int[], $14::numeric[], $15::numeric[], $16::boolean[])
"""

Lines = Mapping[str, Sequence[ChargeLine]]


class PlannedMeanwhile(Transient):
    """Another process planned the same order while this one did."""

    code = "planned-meanwhile"


async def lock(connection: Connection, orders: Iterable[str]) -> dict[str, OrderBilling]:
    """The billing of each order that has one; locked in order of ids, so that two batches cannot deadlock."""
    rows = await connection.fetch(LOCK, sorted(set(orders)))
    return {row[0]: _billing(*row[1:]) for row in rows}


async def plan(connection: Connection, fresh: Sequence[OrderBilling], replaced: Sequence[tuple[str, int]]) -> None:
    """Store new plans and their lines; the planned lines of the `replaced` (order id, run) pairs are void.

    Raises PlannedMeanwhile: the transaction must not commit.
    """
    if not fresh:
        return
    if replaced:
        await connection.execute(VOID_LINES, *_columns(replaced))
    stored = await connection.fetch(PLAN, *_columns(_plan_row(one) for one in fresh))
    if len(stored) != len(fresh):
        raise PlannedMeanwhile(f"{len(fresh) - len(stored)} of {len(fresh)} orders.")
    await _add(connection, [(one, line) for one in fresh for line in one.priced.lines], None)


async def void(connection: Connection, wishes: Sequence[tuple[str, int]]) -> None:
    """What (order id, run) pairs planned, in that run or before, is void; what is void or posted stays as it is."""
    if wishes:
        await connection.execute(VOID_ORDERS, *_columns(wishes))
        await connection.execute(VOID_LINES, *_columns(wishes))


async def start(connection: Connection, started: Sequence[OrderBilling], posted: Lines, now: datetime) -> None:
    """Post the lines due on the billing start. Of the due lines, those not among `posted` are void.

    Raises RuntimeError when a line was not planned after all: the transaction must not commit.
    """
    if not started:
        return
    rows = [row for one in started for row in _due_rows(one, posted[one.order_id])]
    if rows and len(done := await connection.fetch(POST, *_columns(rows), now)) != len(rows):
        raise RuntimeError(f"{len(rows) - len(done)} of {len(rows)} due lines were not planned")
    counts = [(one.order_id, one.numbers_at_start, one.numbers_backordered, one.lines_at_start) for one in started]
    await connection.execute(START, *_columns(counts), now)


async def deliver(connection: Connection, changed: Sequence[OrderBilling], posted: Lines, now: datetime) -> None:
    """Post lines that no plan has, for numbers that came late."""
    if not changed:
        return
    await _add(connection, [(one, line) for one in changed for line in posted[one.order_id]], now)
    await connection.execute(DELIVERED, *_columns((one.order_id, one.numbers_late, one.lines_late) for one in changed))


async def _add(
    connection: Connection, lines: Sequence[tuple[OrderBilling, ChargeLine]], posted_at: datetime | None
) -> None:
    if lines:
        await connection.execute(ADD, *_columns(_line_row(billing, line) for billing, line in lines), posted_at)


def _columns(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    """Rows to the columns that unnest takes."""
    return zip(*rows, strict=True)


def _billing(partner_id: str, customer_id: str, time_zone: str, priced: str, *standing: Any) -> OrderBilling:
    answer = OrderPriced.model_validate_json(priced, extra="ignore")
    return OrderBilling(partner_id, customer_id, time_zone, answer, *standing)


def _plan_row(one: OrderBilling) -> tuple[Any, ...]:
    it = one.priced
    facts = it.price_book, it.billing_start, it.free_numbers, it.first_invoice, it.monthly, it.encode().decode()
    return one.order_id, one.run, one.partner_id, one.customer_id, one.time_zone, *facts


def _line_row(billing: OrderBilling, line: ChargeLine) -> tuple[Any, ...]:
    charge = line.line, line.item_id, line.package, line.kind, line.quantity, line.unit_price
    period = line.from_date, line.to_date, line.days, line.days_in_period
    amounts = exact_of(line), line.amount, line.first_period
    return billing.order_id, billing.run, billing.priced.price_book, *charge, *period, *amounts


def _due_rows(one: OrderBilling, posted: Sequence[ChargeLine]) -> Iterable[tuple[Any, ...]]:
    """The lines of the first period as they are posted; void is one whose numbers are all backordered."""
    amounts = {line.line: line for line in posted}
    for planned in one.priced.lines:
        if planned.first_period:
            line, state = amounts.get(planned.line, planned), "posted" if planned.line in amounts else "void"
            yield one.order_id, one.run, line.line, line.quantity, exact_of(line), line.amount, state
