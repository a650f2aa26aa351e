"""The billing of orders in PostgreSQL: whole batches in one statement. `at` is business time."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from catalog.domain.order_billing import OrderBilling
from catalog.store import charges
from chassis.errors import Transient
from chassis.runtime.database import Connection
from contracts.catalog import OrderPriced

# The billing of orders, locked in order of ids.
LOCK = """
SELECT order_id, partner_id, customer_id, time_zone, priced, state,
    numbers_at_start, numbers_backordered, numbers_late, lines_at_start, lines_late, deliveries, posted,
    free_numbers_taken, free_numbers_left
FROM order_billing WHERE order_id = ANY($1::text[]) ORDER BY order_id FOR UPDATE
"""
# The same, unread.
LOCK_ROWS = "SELECT FROM order_billing WHERE order_id = ANY($1::text[]) ORDER BY order_id FOR UPDATE"
# A plan is new, or replaces that of an earlier run whose billing has not started.
PLAN = """
INSERT INTO order_billing (order_id, run, partner_id, customer_id, time_zone,
    price_book, billing_start, free_numbers, first_invoice, monthly, priced, free_numbers_taken, free_numbers_left,
    priced_at)
SELECT *, $14::timestamptz FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::text[],
    $6::text[], $7::date[], $8::int[], $9::numeric[], $10::numeric[], $11::jsonb[], $12::int[], $13::int[])
ON CONFLICT (order_id) DO UPDATE SET run = excluded.run, partner_id = excluded.partner_id,
    customer_id = excluded.customer_id, time_zone = excluded.time_zone, price_book = excluded.price_book,
    billing_start = excluded.billing_start, free_numbers = excluded.free_numbers,
    first_invoice = excluded.first_invoice, monthly = excluded.monthly, priced = excluded.priced,
    free_numbers_taken = excluded.free_numbers_taken, free_numbers_left = excluded.free_numbers_left,
    state = 'planned', priced_at = excluded.priced_at
WHERE order_billing.run < excluded.run AND order_billing.state <> 'started'
RETURNING order_id
"""
# The same plan from another start.
REPLAN = """
UPDATE order_billing SET billing_start = $2, first_invoice = $3, monthly = $4, priced = $5 WHERE order_id = $1
"""
# What a run has planned, or one before it, is void, and has taken nothing of the customer's free numbers.
VOID = """
UPDATE order_billing SET state = 'void', free_numbers_taken = 0
FROM unnest($1::text[], $2::int[]) AS wish (order_id, run)
WHERE order_billing.order_id = wish.order_id AND order_billing.run <= wish.run AND state = 'planned'
"""
# Something was delivered: what is billed by now. The first time is the start.
BILL = """
UPDATE order_billing SET state = 'started', started_at = coalesce(started_at, $9), numbers_at_start = wish.at_start,
    numbers_backordered = wish.backordered, numbers_late = wish.late, lines_at_start = wish.lines_at_start,
    lines_late = wish.lines_late, deliveries = wish.deliveries, posted = wish.posted
FROM unnest($1::text[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::numeric[])
    AS wish (order_id, at_start, backordered, late, lines_at_start, lines_late, deliveries, posted)
WHERE order_billing.order_id = wish.order_id
"""


class PlannedMeanwhile(Transient):
    """Another process planned the same order while this one did."""

    code = "planned-meanwhile"


async def lock(connection: Connection, orders: Iterable[str]) -> dict[str, OrderBilling]:
    """The billing of each order that has one; locked in order of ids, so that two batches cannot deadlock."""
    rows = await connection.fetch(LOCK, sorted(set(orders)))
    return {row["order_id"]: _billing(*row) for row in rows}


async def lock_rows(connection: Connection, orders: Iterable[str]) -> None:
    """As `lock`, for what is read later."""
    await connection.execute(LOCK_ROWS, sorted(set(orders)))


async def plan(
    connection: Connection, fresh: Sequence[OrderBilling], replaced: Sequence[tuple[str, int]], at: datetime
) -> None:
    """Store new plans, by order id, and their lines; the planned lines of the `replaced` (order id, run) are void.

    Raises PlannedMeanwhile: the transaction must not commit.
    """
    if not fresh:
        return
    fresh = sorted(fresh, key=attrgetter("order_id"))
    await charges.void(connection, replaced)
    stored = await connection.fetch(PLAN, *zip(*map(_row, fresh), strict=True), at)
    if len(stored) != len(fresh):
        raise PlannedMeanwhile(f"{len(fresh) - len(stored)} of {len(fresh)} orders.")
    await charges.add(connection, [(one, line) for one in fresh for line in one.priced.lines])


async def replan(connection: Connection, billing: OrderBilling) -> None:
    """Its lines are others, and maybe more or fewer. It must be locked."""
    it = billing.priced
    await connection.execute(REPLAN, it.order_id, it.billing_start, it.first_invoice, it.monthly, it.encode().decode())
    await charges.remove(connection, it.order_id, it.run)
    await charges.add(connection, [(billing, line) for line in it.lines])


async def void(connection: Connection, wishes: Sequence[tuple[str, int]]) -> None:
    """What (order id, run) pairs planned, in that run or before; what is void or started stays as it is."""
    if wishes:
        await connection.execute(VOID, *zip(*wishes, strict=True))
        await charges.void(connection, wishes)


async def bill(connection: Connection, billed: Sequence[OrderBilling], at: datetime) -> None:
    """What deliveries have made of them; they must be locked."""
    if billed:
        await connection.execute(BILL, *zip(*map(_standing, billed), strict=True), at)


def _billing(_: str, partner_id: str, customer_id: str, time_zone: str, priced: str, *standing: Any) -> OrderBilling:
    """From a row of `LOCK`: what follows `priced` are the fields of the same names."""
    answer = OrderPriced.model_validate_json(priced, extra="ignore")
    return OrderBilling(partner_id, customer_id, time_zone, answer, *standing)


def _row(one: OrderBilling) -> tuple[Any, ...]:
    it = one.priced
    facts = it.price_book, it.billing_start, it.free_numbers, it.first_invoice, it.monthly, it.encode().decode()
    free = one.free_numbers_taken, one.free_numbers_left
    return one.order_id, one.run, one.partner_id, one.customer_id, one.time_zone, *facts, *free


def _standing(it: OrderBilling) -> tuple[Any, ...]:
    numbers = it.numbers_at_start, it.numbers_backordered, it.numbers_late
    return it.order_id, *numbers, it.lines_at_start, it.lines_late, it.deliveries, it.posted
