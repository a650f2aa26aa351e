"""What an order has reserved becomes its customer's, once, and what comes later at once."""

import asyncio
from typing import Any

import pytest

from chassis.messaging.unit import Unit, Units
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool
from contracts.message import Command
from contracts.numbers import (
    AssignNumbers,
    NumbersAssigned,
    ReleaseNumbers,
)
from did_inventory.handlers import assign, release, reserve

from .inventory import (
    FIRST,
    SECOND,
    arrives,
    choose,
    done,
    handled,
    open_transaction,
    owners,
    stock,
    until_it_ends_or_waits,
    want,
)


async def test_assign_is_idempotent(pool: Pool, units: Units) -> None:
    await stock(pool, FIRST, SECOND)
    await handled(units, reserve, choose("o-1", FIRST, SECOND))
    command = AssignNumbers(order_id="o-1", run=1, customer_id="c-1")
    once = await handled(units, assign, command)
    again = await handled(units, assign, command, command)
    assert isinstance(once[0], NumbersAssigned)
    assert [sorted(one.numbers) for one in once + again] == [[FIRST, SECOND]] * 3
    assert await owners(pool) == {FIRST: ("assigned", "o-1"), SECOND: ("assigned", "o-1")}
    assert set(await pool.fetch("SELECT DISTINCT customer_id FROM numbers")) == {("c-1",)}


async def test_stock_that_comes_after_the_assignment_is_the_customers_at_once(pool: Pool, units: Units) -> None:
    await stock(pool, FIRST)
    await handled(units, reserve, want("o-1", 2))
    (reply,) = await handled(units, assign, AssignNumbers(order_id="o-1", run=1, customer_id="c-1"))
    assert reply.numbers == (FIRST,)
    await handled(units, arrives, ReleaseNumbers(order_id=SECOND, run=1))
    assert await pool.fetchrow("SELECT status, customer_id FROM numbers WHERE number = $1", SECOND) == (
        "assigned",
        "c-1",
    )


@pytest.mark.parametrize("assignment_first", [True, False])
async def test_stock_that_meets_the_assignment_is_assigned(pool: Pool, units: Units, *, assignment_first: bool) -> None:
    await handled(units, reserve, want("o-1", 1))
    pairs: list[tuple[Any, Command]] = [
        (assign, AssignNumbers(order_id="o-1", run=1, customer_id="c-1")),
        (arrives, ReleaseNumbers(order_id=FIRST, run=1)),
    ]
    (early, early_command), (late, late_command) = pairs if assignment_first else pairs[::-1]
    async with open_transaction(pool) as (connection, transaction):
        await done(Unit(connection, "did-inventory", clock=Clock()), early, early_command)
        racing = asyncio.create_task(handled(units, late, late_command))
        await until_it_ends_or_waits(pool, racing)
        await transaction.commit()
        await racing
    assert await pool.fetchrow("SELECT status, customer_id FROM numbers") == ("assigned", "c-1")


async def test_an_assigned_number_is_not_released(pool: Pool, units: Units) -> None:
    await stock(pool, FIRST)
    await handled(units, reserve, choose("o-1", FIRST))
    await handled(units, assign, AssignNumbers(order_id="o-1", run=1, customer_id="c-1"))
    (reply,) = await handled(units, release, ReleaseNumbers(order_id="o-1", run=1))
    assert (reply.numbers, await owners(pool)) == ((), {FIRST: ("assigned", "o-1")})
