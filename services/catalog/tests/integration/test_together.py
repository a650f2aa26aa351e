"""Batches through the boundary, and two processes at the same order."""

import asyncio
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import pytest

from catalog import handlers
from catalog.settings import Settings
from catalog.store import PlannedMeanwhile
from chassis.runtime.database import Pool
from chassis.messaging.boundary import Boundary
from chassis.messaging.unit import Unit
from testkit.records import record_of
from testkit.time import eventually
from contracts.catalog import BillingStarted, OrderPriced, PriceOrder, StartBilling
from contracts.errors import CommandFailed

pytestmark = pytest.mark.integration
MakeOrder = Callable[..., PriceOrder]
Send = Callable[..., Awaitable[list[Any]]]
Sent = Callable[[str], Awaitable[list[Any]]]


async def test_an_order_without_a_plan_does_not_hold_up_its_batch(
    database_url: str, pool: Pool, sent: Sent, order: MakeOrder
) -> None:
    boundary = Boundary(handlers.service, pool, Settings(database_url=database_url))
    batch = [
        record_of(order("o-1"), "m-1", step="price", direction="do"),
        record_of(StartBilling(order_id="o-2", run=1), "m-2", step="start billing", direction="do"),
        record_of(StartBilling(order_id="o-1", run=1), "m-3", step="start billing", direction="do"),
    ]
    await boundary.handle(batch)
    priced, failed, started = await sent("orders.replies")
    assert (type(priced), type(failed), type(started)) == (OrderPriced, CommandFailed, BillingStarted)
    assert (failed.order_id, failed.code) == ("o-2", "nothing-planned")
    assert started.lines == 2


async def test_of_two_processes_that_plan_an_order_one_starts_over(pool: Pool, order: MakeOrder) -> None:
    async with pool.acquire() as ours, pool.acquire() as theirs:
        async with ours.transaction():
            await handlers.price([order()], Unit(ours, "catalog"))
            late = asyncio.create_task(handlers.price([order()], Unit(theirs, "catalog")))
            await waiting(pool)
        with pytest.raises(PlannedMeanwhile, match="1 of 1 orders"):
            await late
    assert await pool.fetchval("SELECT count(*) FROM charges") == 3


async def test_of_two_processes_that_start_an_order_one_posts(
    pool: Pool, send: Send, sent: Sent, order: MakeOrder
) -> None:
    await send(order())
    async with pool.acquire() as theirs, theirs.transaction():
        unit = Unit(theirs, "catalog", [SimpleNamespace(envelope=None)])
        await handlers.start([StartBilling(order_id="o-1", run=1)], unit)
        ours = asyncio.create_task(send(StartBilling(order_id="o-1", run=1)))
        await waiting(pool)
        await unit.flush()
    (reply,) = await ours
    assert reply.lines == 2
    assert len(await sent("billing.events")) == 1


async def waiting(pool: Pool) -> None:
    """Returns when a statement waits for a lock."""
    await eventually(lambda: pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"))
