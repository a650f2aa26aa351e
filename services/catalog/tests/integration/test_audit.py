"""What whoever checks the invariants can see."""

from datetime import UTC, date, datetime
from decimal import Decimal

from contracts.catalog import StartBilling

from .orders import Catalog, came, order

BILLING = (
    "SELECT order_id, run, partner_id, customer_id, state, billing_start, started_at IS NOT NULL, numbers_at_start,"
    " numbers_backordered, numbers_late FROM audit_billing"
)
PLANS = (
    "SELECT order_id, run, line, item_id, package, kind, quantity, amount, from_date, first_period, state"
    " FROM audit_plans ORDER BY run, line"
)
SUBSCRIPTIONS = "SELECT subscription_id, line, quantity, from_date, posted_to, due_at FROM audit_subscriptions"
POSTINGS = (
    "SELECT posting, line, item_id, package, kind, quantity, unit_price, amount, from_date, days, days_in_period,"
    " reason, reverses FROM audit_postings ORDER BY posting"
)
START, CAME = date(2087, 1, 18), date(2087, 1, 25)


async def test_the_views_show_how_an_order_is_billed(catalog: Catalog) -> None:
    await catalog.send(order(numbers=3))
    await catalog.send(StartBilling(order_id="o-1", run=1, numbers=2, backordered=1))
    await catalog.send(came(1, CAME))
    assert [tuple(row) for row in await catalog.pool.fetch(BILLING)] == [
        ("o-1", 1, "p-1", "c-1", "started", START, True, 2, 1, 1)
    ]
    seats, *_ = [tuple(row) for row in await catalog.pool.fetch(PLANS)]
    assert seats == ("o-1", 1, 1, "1", "Enterprise Standard", "MRC", 2, Decimal("15.76"), START, True, "planned")
    *_, late = [tuple(row) for row in await catalog.pool.fetch(POSTINGS)]
    number = (3, 3, "numbers", "Number beyond the allowance", "MRC", 1, Decimal("1.15"), Decimal("0.26"))
    assert late == (*number, CAME, 7, 31, "delivery", None)
    *_, (_, line, quantity, since, posted_to, due_at) = await catalog.pool.fetch(SUBSCRIPTIONS)
    assert (line, quantity, since, posted_to) == (3, 1, CAME, date(2087, 2, 1))
    assert due_at == datetime(2087, 2, 1, 5, tzinfo=UTC)
