"""What whoever checks the invariants can see."""

from datetime import date
from decimal import Decimal

from contracts.catalog import StartBilling

from .orders import Catalog, came, order

BILLING = (
    "SELECT order_id, run, partner_id, customer_id, state, billing_start, started_at IS NOT NULL, numbers_at_start,"
    " numbers_backordered, numbers_late FROM audit_billing"
)
CHARGES = (
    "SELECT order_id, run, line, item_id, package, kind, quantity, amount, from_date, first_period, state,"
    " posted_at IS NOT NULL FROM audit_charges ORDER BY run, line"
)
START, CAME = date(2027, 1, 18), date(2027, 1, 25)


async def test_the_views_show_how_an_order_is_billed(catalog: Catalog) -> None:
    await catalog.send(order(numbers=3))
    await catalog.send(StartBilling(order_id="o-1", run=1, numbers=2, backordered=1))
    await catalog.send(came(1, CAME))
    assert [tuple(row) for row in await catalog.pool.fetch(BILLING)] == [
        ("o-1", 1, "p-1", "c-1", "started", START, True, 2, 1, 1)
    ]
    first, *_, late = [tuple(row) for row in await catalog.pool.fetch(CHARGES)]
    seats = ("o-1", 1, 1, "1", "Enterprise Standard", "MRC", 2, Decimal("15.76"), START, True, "posted", True)
    number = ("o-1", 1, 6, "numbers", "Number beyond the allowance", "MRC", 1, Decimal("0.26"), CAME, True, "posted")
    assert (first, late) == (seats, (*number, True))
