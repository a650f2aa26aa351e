"""PriceOrder and DiscardCharges against PostgreSQL."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from catalog import handlers
from catalog.domain.order_billing import BillingHasStarted
from chassis.runtime.database import Pool
from chassis.messaging.unit import Unit
from contracts.catalog import DiscardCharges, OrderedItem, OrderNotPriceable, OrderPriced, PriceOrder, StartBilling

pytestmark = pytest.mark.integration
MakeOrder = Callable[..., PriceOrder]
Send = Callable[..., Awaitable[list[Any]]]
Lines = Callable[..., Awaitable[list[tuple[Any, ...]]]]
Statements = Callable[..., Awaitable[list[str]]]

PLANNED = [(1, 1, 2, "15.76", "planned"), (1, 2, 1, "75.00", "planned"), (1, 3, 2, "34.90", "planned")]


async def test_an_order_is_answered_and_its_plan_is_kept(
    send: Send, order: MakeOrder, lines: Lines, pool: Pool
) -> None:
    (priced,) = await send(order())
    assert isinstance(priced, OrderPriced)
    assert (priced.first_invoice, priced.monthly) == (Decimal("90.76"), Decimal("34.90"))
    assert await lines() == PLANNED
    row = await pool.fetchrow("SELECT * FROM charges WHERE order_id = 'o-1' AND line = 1")
    assert row["exact_amount"].quantize(Decimal("0.000001")) == Decimal("15.761290")
    assert (row["from_date"], row["to_date"]) == (date(2027, 1, 18), date(2027, 2, 1))
    assert (row["days"], row["days_in_period"], row["price_book"]) == (14, 31, "sample-2026")


async def test_a_refused_order_leaves_nothing(send: Send, order: MakeOrder, lines: Lines, pool: Pool) -> None:
    (refused,) = await send(order(items=(OrderedItem(item_id="1", package="Elephants"),)))
    assert isinstance(refused, OrderNotPriceable)
    assert await lines() == []
    assert await pool.fetchval("SELECT count(*) FROM order_billing") == 0


async def test_the_same_run_again_has_its_frozen_answer(send: Send, order: MakeOrder, lines: Lines) -> None:
    (first,) = await send(order())
    (again,) = await send(order(items=(OrderedItem(item_id="1", package="Power User"),)))
    assert again == first
    assert await lines() == PLANNED


async def test_a_replay_replaces_the_plan(send: Send, order: MakeOrder, lines: Lines, pool: Pool) -> None:
    await send(order())
    (priced,) = await send(order(run=2, billing_start=date(2027, 2, 1)))
    assert await lines() == [
        *[(*line[:4], "void") for line in PLANNED],
        (2, 1, 2, "34.90", "planned"),
        (2, 2, 1, "75.00", "planned"),
    ]
    assert tuple(await pool.fetchrow("SELECT run, billing_start, state, first_invoice FROM order_billing")) == (
        2,
        date(2027, 2, 1),
        "planned",
        priced.first_invoice,
    )


async def test_two_runs_in_one_batch_leave_the_newer(send: Send, order: MakeOrder, lines: Lines) -> None:
    replies = await send(order(), order(run=2), order(run=1))
    assert [reply.run for reply in replies] == [1, 2, 1]
    assert {(line[0], line[4]) for line in await lines()} == {(2, "planned")}


async def test_a_late_command_of_an_old_run_changes_nothing(send: Send, order: MakeOrder, lines: Lines) -> None:
    await send(order(run=2))
    before = await lines()
    replies = await send(order(run=1, billing_start=date(2027, 3, 1)))
    replies += await send(DiscardCharges(order_id="o-1", run=1))
    assert [type(reply).__name__ for reply in replies] == ["OrderPriced", "ChargesDiscarded"]
    assert await lines() == before


async def test_discarded_charges_are_void(send: Send, order: MakeOrder, lines: Lines, pool: Pool) -> None:
    await send(order())
    for _ in range(2):
        await send(DiscardCharges(order_id="o-1", run=1))
    assert await lines() == [(*line[:4], "void") for line in PLANNED]
    assert await pool.fetchval("SELECT state FROM order_billing") == "void"


async def test_discarding_what_was_never_priced_is_answered(send: Send) -> None:
    assert [reply.order_id for reply in await send(DiscardCharges(order_id="o-9", run=1))] == ["o-9"]


@pytest.mark.parametrize("command", [DiscardCharges(order_id="o-1", run=1), DiscardCharges(order_id="o-1", run=2)])
async def test_nothing_is_discarded_after_the_start(
    command: DiscardCharges, send: Send, order: MakeOrder, lines: Lines
) -> None:
    await send(order())
    await send(StartBilling(order_id="o-1", run=1))
    before = await lines()
    with pytest.raises(BillingHasStarted, match=r"Order o-1, run 1\."):
        await send(command)
    assert await lines() == before


async def test_nothing_is_planned_anew_after_the_start(send: Send, order: MakeOrder) -> None:
    await send(order())
    await send(StartBilling(order_id="o-1", run=1))
    with pytest.raises(BillingHasStarted):
        await send(order(run=2))


async def test_a_batch_costs_three_statements(statements: Statements, order: MakeOrder, lines: Lines) -> None:
    orders = [order(f"o-{n}") for n in range(400)]
    run = await statements(lambda connection, some: handlers.price(orders[some], Unit(connection, "catalog")))
    assert len(run) == 3, run
    assert await lines("o-399") == PLANNED
