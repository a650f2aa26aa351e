"""StartBilling and BillDeliveredNumbers against PostgreSQL: posted once, whatever is repeated."""

from datetime import date

import asyncpg
import pytest

from catalog.domain.order_billing import BillingNotStarted, NothingPlanned
from contracts.catalog import BillingStarted, DiscardCharges, StartBilling

from .orders import Catalog, came, order

POSTED = [(1, 1, 2, "15.76", "posted"), (1, 2, 1, "75.00", "posted"), (1, 3, 2, "34.90", "planned")]
START = StartBilling(order_id="o-1", run=1)
SAME_ID = ("m-1",)


async def test_the_start_posts_what_is_due_and_tells_the_world(catalog: Catalog) -> None:
    await catalog.send(order())
    (started,) = await catalog.send(START)
    assert started == BillingStarted(order_id="o-1", run=1, billing_start=date(2027, 1, 18), lines=2)
    assert await catalog.lines() == POSTED
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
    assert await catalog.lines() == POSTED
    assert len(await catalog.sent("billing.events")) == 1


async def test_two_starts_in_one_batch_post_once(catalog: Catalog) -> None:
    await catalog.send(order())
    first, second = await catalog.send(START, START)
    assert first == second
    assert await catalog.lines() == POSTED
    assert len(await catalog.sent("billing.events")) == 1


async def test_the_schema_refuses_a_line_posted_twice(catalog: Catalog) -> None:
    await catalog.send(order())
    await catalog.send(START)
    await catalog.send(order("o-2", run=2))
    with pytest.raises(asyncpg.UniqueViolationError, match="charges_posted_once"):
        await catalog.pool.execute(
            "UPDATE charges SET order_id = 'o-1', state = 'posted', posted_at = now() WHERE order_id = 'o-2'"
        )


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
    assert (1, 3, 1, "0.52", "posted") in await catalog.lines()
    replies = [*await catalog.send(came(2)), *await catalog.send(came(2))]
    assert [reply.lines for reply in replies] == [1, 1]
    assert [line for line in await catalog.lines() if line[1] > 5] == [(1, 6, 2, "0.52", "posted")]
    _, told = await catalog.sent("billing.events")
    assert (told.reason, told.partner_id, told.customer_id) == ("delivery", "p-1", "c-1")
    assert [(line.line, str(line.amount), line.price_book) for line in told.lines] == [(6, "0.52", "sample-2026")]
    assert await catalog.pool.fetchval("SELECT numbers_at_start + numbers_late FROM order_billing") == 5


async def test_a_number_line_without_delivered_numbers_is_void(catalog: Catalog) -> None:
    await catalog.send(order(numbers=5))
    (started,) = await catalog.send(StartBilling(order_id="o-1", run=1, backordered=5))
    assert started.lines == 2
    assert (1, 3, 3, "1.56", "void") in await catalog.lines()
    replies = [*await catalog.send(came(2)), *await catalog.send(came(5), came(5))]
    assert [reply.lines for reply in replies] == [0, 1, 1]
    assert [line for line in await catalog.lines() if line[1] > 5] == [(1, 6, 3, "0.78", "posted")]


@pytest.mark.parametrize("priced", [True, False])
async def test_nothing_is_billed_on_delivery_before_the_start(catalog: Catalog, *, priced: bool) -> None:
    if priced:
        await catalog.send(order(numbers=5))
    with pytest.raises(BillingNotStarted):
        await catalog.send(came(2))


async def test_a_batch_of_starts_costs_three_statements(catalog: Catalog) -> None:
    ids = [f"o-{n}" for n in range(400)]
    await catalog.send(*[order(one) for one in ids])
    asked = await catalog.statements([StartBilling(order_id=one, run=1) for one in ids])
    assert len(asked) == 3, asked
    assert await catalog.pool.fetchval("SELECT count(*) FROM charges WHERE state = 'posted'") == 800
