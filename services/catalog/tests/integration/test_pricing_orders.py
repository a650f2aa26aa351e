"""PriceOrder and DiscardCharges against PostgreSQL."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.domain.order_billing import BillingHasStarted
from contracts.catalog import DiscardCharges, OrderedItem, OrderNotPriceable, OrderPriced, StartBilling

from .orders import Catalog, order

PLANNED = [(1, 1, 2, "15.76", "planned"), (1, 2, 1, "75.00", "planned"), (1, 3, 2, "34.90", "planned")]


async def test_an_order_is_answered_and_its_plan_is_kept(catalog: Catalog) -> None:
    (priced,) = await catalog.send(order())
    assert isinstance(priced, OrderPriced)
    assert (priced.first_invoice, priced.monthly) == (Decimal("90.76"), Decimal("34.90"))
    assert await catalog.lines() == PLANNED
    row = await catalog.pool.fetchrow("SELECT * FROM charges WHERE order_id = 'o-1' AND line = 1")
    assert row["exact_amount"].quantize(Decimal("0.000001")) == Decimal("15.761290")
    assert (row["from_date"], row["to_date"]) == (date(2087, 1, 18), date(2087, 2, 1))
    assert (row["days"], row["days_in_period"], row["price_book"]) == (14, 31, "sample-2026")


async def test_a_refused_order_leaves_nothing(catalog: Catalog) -> None:
    (refused,) = await catalog.send(order(items=(OrderedItem(item_id="1", package="Elephants"),)))
    assert isinstance(refused, OrderNotPriceable)
    assert await catalog.lines() == []
    assert await catalog.pool.fetchval("SELECT count(*) FROM order_billing") == 0


async def test_the_same_run_again_has_its_frozen_answer(catalog: Catalog) -> None:
    (first,) = await catalog.send(order())
    (again,) = await catalog.send(order(items=(OrderedItem(item_id="1", package="Power User"),)))
    assert again == first
    assert await catalog.lines() == PLANNED


async def test_a_replay_replaces_the_plan(catalog: Catalog) -> None:
    await catalog.send(order())
    (priced,) = await catalog.send(order(run=2, billing_start=date(2087, 2, 1)))
    assert await catalog.lines() == [
        *[(*line[:4], "void") for line in PLANNED],
        (2, 1, 2, "34.90", "planned"),
        (2, 2, 1, "75.00", "planned"),
    ]
    row = await catalog.pool.fetchrow("SELECT run, billing_start, state, first_invoice FROM order_billing")
    assert tuple(row) == (2, date(2087, 2, 1), "planned", priced.first_invoice)


async def test_two_runs_in_one_batch_leave_the_newer(catalog: Catalog) -> None:
    replies = await catalog.send(order(), order(run=2), order(run=1))
    assert [reply.run for reply in replies] == [1, 2, 1]
    assert {(line[0], line[4]) for line in await catalog.lines()} == {(2, "planned")}


async def test_a_late_command_of_an_old_run_changes_nothing(catalog: Catalog) -> None:
    await catalog.send(order(run=2))
    before = await catalog.lines()
    replies = await catalog.send(order(run=1, billing_start=date(2087, 3, 1)))
    replies += await catalog.send(DiscardCharges(order_id="o-1", run=1))
    assert [type(reply).__name__ for reply in replies] == ["OrderPriced", "ChargesDiscarded"]
    assert await catalog.lines() == before


async def test_discarded_charges_are_void(catalog: Catalog) -> None:
    await catalog.send(order())
    for _ in range(2):
        await catalog.send(DiscardCharges(order_id="o-1", run=1))
    assert await catalog.lines() == [(*line[:4], "void") for line in PLANNED]
    assert await catalog.pool.fetchval("SELECT state FROM order_billing") == "void"


async def test_discarding_what_was_never_priced_is_answered(catalog: Catalog) -> None:
    assert [reply.order_id for reply in await catalog.send(DiscardCharges(order_id="o-9", run=1))] == ["o-9"]


@pytest.mark.parametrize("command", [DiscardCharges(order_id="o-1", run=1), DiscardCharges(order_id="o-1", run=2)])
async def test_nothing_is_discarded_after_the_start(command: DiscardCharges, catalog: Catalog) -> None:
    await catalog.send(order())
    await catalog.send(StartBilling(order_id="o-1", run=1))
    before = await catalog.lines()
    with pytest.raises(BillingHasStarted, match=r"Order o-1, run 1\."):
        await catalog.send(command)
    assert await catalog.lines() == before


async def test_nothing_is_planned_anew_after_the_start(catalog: Catalog) -> None:
    await catalog.send(order())
    await catalog.send(StartBilling(order_id="o-1", run=1))
    with pytest.raises(BillingHasStarted):
        await catalog.send(order(run=2))


async def test_a_batch_costs_three_statements(catalog: Catalog) -> None:
    run = await catalog.statements([order(f"o-{n}") for n in range(400)])
    assert len(run) == 3, run
    assert await catalog.lines("o-399") == PLANNED
