"""StartBilling and BillDeliveredNumbers against PostgreSQL: posted once, whatever is repeated."""

from collections.abc import Awaitable, Callable
from datetime import date
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from catalog import handlers
from catalog.domain.order_billing import BillingNotStarted, NothingPlanned
from chassis.runtime.database import Connection, Pool
from chassis.messaging.unit import Unit
from contracts.catalog import BillDeliveredNumbers, BillingStarted, DiscardCharges, PriceOrder, StartBilling

pytestmark = pytest.mark.integration
MakeOrder = Callable[..., PriceOrder]
Send = Callable[..., Awaitable[list[Any]]]
Sent = Callable[[str], Awaitable[list[Any]]]
Lines = Callable[..., Awaitable[list[tuple[Any, ...]]]]
Statements = Callable[..., Awaitable[list[str]]]

POSTED = [(1, 1, 2, "15.76", "posted"), (1, 2, 1, "75.00", "posted"), (1, 3, 2, "34.90", "planned")]
START = StartBilling(order_id="o-1", run=1)
SAME_ID = ("m-1",)


def came(numbers: int, on: date = date(2027, 1, 25)) -> BillDeliveredNumbers:
    return BillDeliveredNumbers(order_id="o-1", run=1, numbers=numbers, delivered_on=on)


async def test_the_start_posts_what_is_due_and_tells_the_world(
    send: Send, sent: Sent, order: MakeOrder, lines: Lines, pool: Pool
) -> None:
    await send(order())
    (started,) = await send(START)
    assert started == BillingStarted(order_id="o-1", run=1, billing_start=date(2027, 1, 18), lines=2)
    assert await lines() == POSTED
    assert await pool.fetchval("SELECT state FROM order_billing WHERE started_at IS NOT NULL") == "started"
    (event,) = await sent("billing.events")
    assert [(line.line, str(line.amount)) for line in event.lines] == [(1, "15.76"), (2, "75.00")]
    assert (event.partner_id, event.customer_id, event.price_book) == ("p-1", "c-1", "sample-2026")


@pytest.mark.parametrize("ids", [SAME_ID, ()])
async def test_a_second_start_posts_nothing(
    ids: tuple[str, ...], send: Send, sent: Sent, order: MakeOrder, lines: Lines
) -> None:
    """Neither the same message again nor a new one with the same wish."""
    await send(order())
    replies = [*await send(START, ids=ids), *await send(START, ids=ids)]
    assert replies[0] == replies[1]
    assert await lines() == POSTED
    assert len(await sent("billing.events")) == 1


async def test_two_starts_in_one_batch_post_once(send: Send, sent: Sent, order: MakeOrder, lines: Lines) -> None:
    await send(order())
    first, second = await send(START, START)
    assert first == second
    assert await lines() == POSTED
    assert len(await sent("billing.events")) == 1


async def test_the_schema_refuses_a_line_posted_twice(send: Send, order: MakeOrder, pool: Pool) -> None:
    await send(order())
    await send(START)
    await send(order("o-2", run=2))
    with pytest.raises(asyncpg.UniqueViolationError, match="charges_posted_once"):
        await pool.execute(
            "UPDATE charges SET order_id = 'o-1', state = 'posted', posted_at = now() WHERE order_id = 'o-2'"
        )


@pytest.mark.parametrize("run", [1, 2])
async def test_there_is_no_start_without_a_plan_of_the_run(run: int, send: Send, order: MakeOrder) -> None:
    if run == 2:
        await send(order())
    with pytest.raises(NothingPlanned, match=f"Order o-1, run {run}"):
        await send(StartBilling(order_id="o-1", run=run))


async def test_there_is_no_start_after_a_discard(send: Send, order: MakeOrder) -> None:
    await send(order())
    await send(DiscardCharges(order_id="o-1", run=1))
    with pytest.raises(NothingPlanned):
        await send(START)


async def test_numbers_beyond_the_allowance_are_billed_as_they_come(
    send: Send, order: MakeOrder, lines: Lines, pool: Pool
) -> None:
    """Two are free and five ordered: three at the start, so one is billed then, the other two when they come."""
    await send(order(numbers=5))
    await send(StartBilling(order_id="o-1", run=1, numbers=3, backordered=2))
    assert (1, 3, 1, "0.52", "posted") in await lines()
    replies = [*await send(came(2)), *await send(came(2))]
    assert [reply.lines for reply in replies] == [1, 1]
    assert [line for line in await lines() if line[1] > 5] == [(1, 6, 2, "0.52", "posted")]
    assert await pool.fetchval("SELECT numbers_at_start + numbers_late FROM order_billing") == 5


async def test_a_number_line_without_delivered_numbers_is_void(send: Send, order: MakeOrder, lines: Lines) -> None:
    await send(order(numbers=5))
    (started,) = await send(StartBilling(order_id="o-1", run=1, backordered=5))
    assert started.lines == 2
    assert (1, 3, 3, "1.56", "void") in await lines()
    replies = [*await send(came(2)), *await send(came(5), came(5))]
    assert [reply.lines for reply in replies] == [0, 1, 1]
    assert [line for line in await lines() if line[1] > 5] == [(1, 6, 3, "0.78", "posted")]


@pytest.mark.parametrize("priced", [True, False])
async def test_nothing_is_billed_on_delivery_before_the_start(priced: bool, send: Send, order: MakeOrder) -> None:  # noqa: FBT001
    if priced:
        await send(order(numbers=5))
    with pytest.raises(BillingNotStarted):
        await send(came(2))


async def test_a_batch_of_starts_costs_three_statements(
    send: Send, pool: Pool, order: MakeOrder, statements: Statements
) -> None:
    ids = [f"o-{n}" for n in range(400)]
    await send(*[order(one) for one in ids])
    starts = [StartBilling(order_id=one, run=1) for one in ids]

    def run(connection: Connection, some: slice) -> Awaitable[Any]:
        unit = Unit(connection, "catalog", [SimpleNamespace(envelope=None)] * 200)
        return handlers.start(starts[some], unit)

    assert len(await statements(run)) == 3
    assert await pool.fetchval("SELECT count(*) FROM charges WHERE state = 'posted'") == 800
