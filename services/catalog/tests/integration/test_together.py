"""Batches through the boundary, and two processes at the same order."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from catalog.store.order_billing import PlannedMeanwhile
from chassis.messaging.boundary import Boundary
from chassis.runtime.database import Pool
from contracts.catalog import BillingStarted, OrderPriced, StartBilling
from contracts.errors import CommandFailed
from testkit.records import record_of
from testkit.time import eventually

from .orders import Catalog, order


async def test_an_order_without_a_plan_does_not_hold_up_its_batch(catalog: Catalog) -> None:
    boundary = Boundary(catalog.service, catalog.pool, catalog.settings)
    batch = [
        record_of(order("o-1"), "m-1", step="price", direction="do"),
        record_of(StartBilling(order_id="o-2", run=1), "m-2", step="start billing", direction="do"),
        record_of(StartBilling(order_id="o-1", run=1), "m-3", step="start billing", direction="do"),
    ]
    await boundary.handle(batch)
    priced, failed, started = await catalog.sent("orders.replies")
    assert (type(priced), type(failed), type(started)) == (OrderPriced, CommandFailed, BillingStarted)
    assert (failed.order_id, failed.code) == ("o-2", "nothing-planned")
    assert started.lines == 2


async def test_a_line_is_counted_when_it_is_posted_and_not_when_its_batch_is_rolled_back(catalog: Catalog) -> None:
    before = counted("MRC"), counted("NRC")
    await catalog.send(order())
    boundary = Boundary(catalog.service, catalog.pool, catalog.settings)
    start = record_of(StartBilling(order_id="o-1", run=1), "m-1", step="start billing", direction="do")
    without_plan = record_of(order("o-1", run=2), "m-2", step="price", direction="do")
    await boundary.handle([start, without_plan])
    assert (counted("MRC"), counted("NRC")) == (before[0] + 1, before[1] + 1)


async def test_of_two_processes_that_plan_an_order_one_starts_over(catalog: Catalog) -> None:
    async with catalog.pool.acquire() as ours, catalog.pool.acquire() as theirs:
        async with ours.transaction():
            await catalog.handled(ours, [order()])
            late = asyncio.create_task(catalog.handled(theirs, [order()]))
            await waiting(catalog.pool)
        with pytest.raises(PlannedMeanwhile, match="1 of 1 orders"):
            await late
    assert await catalog.pool.fetchval("SELECT count(*) FROM charges") == 3


async def test_of_two_processes_that_start_an_order_one_posts(catalog: Catalog) -> None:
    await catalog.send(order())
    async with catalog.pool.acquire() as theirs, theirs.transaction():
        unit = await catalog.handled(theirs, [StartBilling(order_id="o-1", run=1)])
        ours = asyncio.create_task(catalog.send(StartBilling(order_id="o-1", run=1)))
        await waiting(catalog.pool)
        await unit.flush()
    (reply,) = await ours
    assert reply.lines == 2
    assert len(await catalog.sent("billing.events")) == 1


async def waiting(pool: Pool) -> None:
    """Returns when a statement waits for a lock."""
    await eventually(lambda: pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))


def counted(kind: str) -> float:
    """How many lines of a kind the metric has seen posted."""
    return REGISTRY.get_sample_value("charges_posted_total", {"kind": kind}) or 0.0
