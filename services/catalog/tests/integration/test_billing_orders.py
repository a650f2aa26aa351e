"""StartBilling and BillDeliveredNumbers against PostgreSQL: posted once, whatever is repeated."""

from datetime import date

import asyncpg
import pytest

from catalog.domain.order_billing import BillingNotStarted, NothingPlanned
from contracts.catalog import BillingStarted, DiscardCharges, StartBilling

from .orders import Catalog, came, delivered, order

POSTED = [(1, 1, 2, "15.76", "start"), (2, 2, 1, "75.00", "start")]
START = StartBilling(order_id="o-1", run=1)
SAME_ID = ("m-1",)


async def test_the_start_posts_what_is_due_and_tells_the_world(catalog: Catalog) -> None:
    await catalog.send(order())
    (started,) = await catalog.send(START)
    assert started == BillingStarted(order_id="o-1", run=1, billing_start=date(2087, 1, 18), lines=2)
    assert await catalog.posted() == POSTED
    state = await catalog.pool.fetchval("SELECT state FROM order_billing WHERE started_at IS NOT NULL")
    assert state == "started"
    (event,) = await catalog.sent("billing.events")
    assert [(line.line, str(line.amount)) for line in event.lines] == [(1, "15.76"), (2, "75.00")]
    assert (event.partner_id, event.customer_id, event.price_book) == ("p-1", "c-1", "sample-2026")


@pytest.mark.parametrize("ids", [SAME_ID, ()])
async def test_a_second_start_posts_nothing(ids: tuple[str, ...], catalog: Catalog) -> None:
    """Neither the same message again nor a new one with the same wish."""
    await catalog.send(order())
    replies = [*await catalog.send(START, ids=ids), *await catalog.send(START, ids=ids)]
    assert replies[0] == replies[1]
    assert await catalog.posted() == POSTED
    assert len(await catalog.sent("billing.events")) == 1


async def test_two_starts_in_one_batch_post_once(catalog: Catalog) -> None:
    await catalog.send(order())
    first, second = await catalog.send(START, START)
    assert first == second
    assert await catalog.posted() == POSTED
    assert len(await catalog.sent("billing.events")) == 1


async def test_the_schema_refuses_a_period_posted_twice(catalog: Catalog) -> None:
    await catalog.send(order())
    await catalog.send(START)
    twice = "INSERT INTO postings SELECT (jsonb_populate_record(postings, '{\"posting\": 9}')).* FROM postings LIMIT 1"
    with pytest.raises(asyncpg.UniqueViolationError, match="postings_period_once"):
        await catalog.pool.execute(twice)


async def test_the_schema_refuses_an_item_delivered_twice(catalog: Catalog) -> None:
    await catalog.send(order())
    await catalog.send(delivered(0, "1"))
    with pytest.raises(asyncpg.UniqueViolationError, match="subscriptions_once"):
        await catalog.send(delivered(1, "1"))


@pytest.mark.parametrize("change", ["UPDATE postings SET amount = 0", "DELETE FROM postings"])
async def test_what_is_posted_never_changes(change: str, catalog: Catalog) -> None:
    await catalog.send(order())
    await catalog.send(START)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="What is posted never changes"):
        await catalog.pool.execute(change)


@pytest.mark.parametrize("run", [1, 2])
async def test_there_is_no_start_without_a_plan_of_the_run(run: int, catalog: Catalog) -> None:
    if run == 2:
        await catalog.send(order())
    with pytest.raises(NothingPlanned, match=f"Order o-1, run {run}"):
        await catalog.send(StartBilling(order_id="o-1", run=run))


async def test_there_is_no_start_after_a_discard(catalog: Catalog) -> None:
    await catalog.send(order())
    await catalog.send(DiscardCharges(order_id="o-1", run=1))
    with pytest.raises(NothingPlanned):
        await catalog.send(START)


async def test_numbers_beyond_the_allowance_are_billed_as_they_come(catalog: Catalog) -> None:
    """Two are free and five ordered: three at the start, so one is billed then, the other two when they come."""
    await catalog.send(order(numbers=5))
    await catalog.send(StartBilling(order_id="o-1", run=1, numbers=3, backordered=2))
    assert (3, 3, 1, "0.52", "start") in await catalog.posted()
    replies = [*await catalog.send(came(2)), *await catalog.send(came(2))]
    assert [reply.lines for reply in replies] == [1, 1]
    assert (await catalog.posted())[3:] == [(4, 3, 2, "0.52", "delivery")]
    _, told = await catalog.sent("billing.events")
    assert (told.reason, told.partner_id, told.customer_id) == ("delivery", "p-1", "c-1")
    assert [(one.posting, str(one.amount), one.price_book) for one in told.lines] == [(4, "0.52", "sample-2026")]
    assert await catalog.pool.fetchval("SELECT numbers_at_start + numbers_late FROM order_billing") == 5


async def test_numbers_that_have_not_come_cost_nothing(catalog: Catalog) -> None:
    await catalog.send(order(numbers=5))
    (started,) = await catalog.send(StartBilling(order_id="o-1", run=1, backordered=5))
    assert started.lines == 2
    assert await catalog.posted() == POSTED
    replies = [*await catalog.send(came(2)), *await catalog.send(came(5), came(5))]
    assert [reply.lines for reply in replies] == [0, 1, 1]
    assert (await catalog.posted())[2:] == [(3, 3, 3, "0.78", "delivery")]


@pytest.mark.parametrize("priced", [True, False])
async def test_nothing_is_billed_on_delivery_before_the_start(catalog: Catalog, *, priced: bool) -> None:
    if priced:
        await catalog.send(order(numbers=5))
    with pytest.raises(BillingNotStarted):
        await catalog.send(came(2))


async def test_each_delivery_is_billed_when_it_comes_and_once(catalog: Catalog) -> None:
    await catalog.send(order(numbers=5))
    first, again = delivered(0, "2", numbers=2), delivered(1, "1", numbers=3, on=date(2087, 1, 25))
    replies = [*await catalog.send(first), *await catalog.send(first, again), *await catalog.send(again)]
    assert [(one.deliveries, one.lines, str(one.posted)) for one in replies] == [
        (1, 1, "75.00"),
        (1, 1, "75.00"),
        (2, 3, "83.66"),
        (2, 3, "83.66"),
    ]
    assert await catalog.posted() == [
        (1, 2, 1, "75.00", "start"),
        (2, 1, 2, "7.88", "delivery"),
        (3, 3, 3, "0.78", "delivery"),
    ]
    start, late = await catalog.sent("billing.events")
    assert ([one.posting for one in start.lines], [one.posting for one in late.lines]) == ([1], [2, 3])
    assert (start.billing_start, late.reason) == (date(2087, 1, 18), "delivery")


async def test_a_delivery_that_costs_nothing_counts_and_tells_nobody(catalog: Catalog) -> None:
    await catalog.send(order(numbers=2))
    await catalog.send(delivered(0, "1", "2"))
    (reply,) = await catalog.send(delivered(1, numbers=2))
    assert (reply.deliveries, reply.lines) == (2, 2)
    assert len(await catalog.sent("billing.events")) == 1
    assert await catalog.pool.fetchval("SELECT numbers_late FROM order_billing") == 2


async def test_a_batch_of_deliveries_costs_five_statements_beside_the_lock_of_the_ledger(catalog: Catalog) -> None:
    ids = [f"o-{n}" for n in range(400)]
    await catalog.send(*[order(one) for one in ids])
    asked = await catalog.statements([delivered(0, "1", "2", order_id=one) for one in ids])
    assert len(asked) == 5, asked
    assert await catalog.pool.fetchval("SELECT count(*) FROM postings") == 800
    assert await catalog.pool.fetchval("SELECT max(posting) FROM postings") == 800
