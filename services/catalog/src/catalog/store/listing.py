"""The charges of an order, for people to read."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from catalog.domain.order_billing import State
from chassis.runtime.database import Pool
from contracts.catalog import ChargeKind

PlanState = Literal["planned", "void"]

# How the billing of an order stands.
BILLING = """
SELECT order_id, run, partner_id, customer_id, time_zone, price_book, billing_start, state, free_numbers,
    first_invoice, monthly, priced_at, started_at, numbers_at_start, numbers_backordered, numbers_late, posted
FROM order_billing WHERE order_id = $1
"""
# The plans of an order, of every run.
CHARGES = """
SELECT run, line, item_id, package, kind, quantity, unit_price, from_date, to_date, days, days_in_period,
    exact_amount, amount, first_period, price_book, CASE state WHEN 'void' THEN 'void' ELSE 'planned' END AS state
FROM charges WHERE order_id = $1 ORDER BY run, line
"""


@dataclass(frozen=True, slots=True)
class BillingRow:
    """Of the run that was priced last; the times are business time."""

    order_id: str
    run: int
    partner_id: str
    customer_id: str
    time_zone: str
    price_book: str
    billing_start: date
    state: State
    free_numbers: int
    first_invoice: Decimal
    monthly: Decimal
    priced_at: datetime
    started_at: datetime | None
    numbers_at_start: int
    numbers_backordered: int
    numbers_late: int
    posted: Decimal


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A line of the plan of a run, which an undo makes void."""

    run: int
    line: int
    item_id: str
    package: str
    kind: ChargeKind
    quantity: int
    unit_price: Decimal
    from_date: date
    to_date: date | None
    days: int | None
    days_in_period: int | None
    exact_amount: Decimal
    amount: Decimal
    first_period: bool
    price_book: str
    state: PlanState


async def billing_of(pool: Pool, order_id: str) -> BillingRow | None:
    """None for an order that was never priced."""
    row = await pool.fetchrow(BILLING, order_id)
    return None if row is None else BillingRow(*row)


async def charges_of(pool: Pool, order_id: str) -> list[ChargeRow]:
    """By run and line."""
    return [ChargeRow(*row) for row in await pool.fetch(CHARGES, order_id)]
