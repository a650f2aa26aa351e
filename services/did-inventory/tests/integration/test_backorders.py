"""A shortage is real, and stock finds those who wait for it, first come, first served."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.messaging.unit import Unit, Units
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool
from contracts.message import Command
from contracts.numbers import (
    AssignNumbers,
    BackorderChecked,
    CheckBackorder,
    NumbersReleased,
    ReleaseNumbers,
)
from did_inventory.handlers import assign, check_backorder, release, reserve

from .inventory import (
    FIRST,
    SECOND,
    THIRD,
    arrives,
    choose,
    done,
    events,
    handled,
    missing,
    open_transaction,
    owners,
    stock,
    until_it_ends_or_waits,
    want,
)


async def test_release_gives_back_and_says_what(pool: Pool, units: Units) -> None:
    await stock(pool, FIRST, SECOND)
    await handled(units, reserve, choose("o-1", FIRST), choose("o-2", SECOND))
    replies = await handled(
        units, release, ReleaseNumbers(order_id="o-1", run=1), ReleaseNumbers(order_id="o-9", run=1)
    )
    assert [(one.order_id, one.numbers) for one in replies] == [("o-1", (FIRST,)), ("o-9", ())]
    assert await owners(pool) == {FIRST: ("available", None), SECOND: ("reserved", "o-2")}
    (again,) = await handled(units, release, ReleaseNumbers(order_id="o-1", run=1))
    assert isinstance(again, NumbersReleased)
    assert again.numbers == ()


async def test_a_release_of_an_old_run_leaves_the_new_run_alone(pool: Pool, units: Units) -> None:
    await stock(pool, FIRST)
    await handled(units, reserve, choose("o-1", FIRST, run=2))
    await handled(units, reserve, want("o-1", 1, run=2))
    await handled(units, release, ReleaseNumbers(order_id="o-1", run=1))
    assert (await owners(pool), await missing(pool)) == ({FIRST: ("reserved", "o-1")}, {"o-1": 1})


async def test_released_numbers_go_to_those_who_wait(pool: Pool, units: Units) -> None:
    await stock(pool, FIRST, SECOND)
    await handled(units, reserve, want("owner", 2), want("first", 1), want("second", 3))
    assert await missing(pool) == {"first": 1, "second": 3}
    await handled(units, release, ReleaseNumbers(order_id="owner", run=1))
    assert {order for _, order in (await owners(pool)).values()} == {"first", "second"}
    assert await missing(pool) == {"first": 0, "second": 2}
    (event,) = await events(pool)
    assert (event.order_id, event.partner_id, len(event.numbers)) == ("first", "p-1", 1)


async def test_an_order_that_is_released_waits_no_longer(pool: Pool, units: Units) -> None:
    await handled(units, reserve, want("gone", 1), want("waiting", 1))
    await handled(units, release, ReleaseNumbers(order_id="gone", run=1))
    await handled(units, arrives, ReleaseNumbers(order_id=FIRST, run=1))
    assert await owners(pool) == {FIRST: ("reserved", "waiting")}


@pytest.mark.parametrize("arrival", ["release", "import"])
@pytest.mark.parametrize("reservation_first", [True, False])
async def test_stock_and_a_new_backorder_never_miss_each_other(
    pool: Pool, units: Units, arrival: str, *, reservation_first: bool
) -> None:
    """Whoever of the two decides first: no free number lies beside an order that waits for it."""
    if arrival == "release":
        await stock(pool, FIRST)
        await handled(units, reserve, choose("owner", FIRST))
    handler, command = (
        (release, ReleaseNumbers(order_id="owner", run=1))
        if arrival == "release"
        else (arrives, ReleaseNumbers(order_id=FIRST, run=1))
    )
    pairs: list[tuple[Any, Command]] = [(reserve, want("waiting", 1)), (handler, command)]
    (early, early_command), (late, late_command) = pairs if reservation_first else pairs[::-1]
    async with open_transaction(pool) as (connection, transaction):
        await done(Unit(connection, "did-inventory", clock=Clock()), early, early_command)
        racing = asyncio.create_task(handled(units, late, late_command))
        await until_it_ends_or_waits(pool, racing)
        await transaction.commit()
        await racing
    await handled(units, check_backorder, CheckBackorder(order_id="waiting", run=1))
    assert await owners(pool) == {FIRST: ("reserved", "waiting")}
    assert sum((await missing(pool)).values()) == 0


async def test_a_backorder_is_filled_in_parts_and_told_once(pool: Pool, units: Units) -> None:
    await handled(units, reserve, want("o-1", 2))
    await handled(units, arrives, ReleaseNumbers(order_id=FIRST, run=1))
    (checked,) = await handled(units, check_backorder, CheckBackorder(order_id="o-1", run=1))
    assert isinstance(checked, BackorderChecked)
    assert (checked.missing, [one.number for one in checked.filled]) == (1, [FIRST])
    assert await events(pool) == []
    await handled(units, arrives, ReleaseNumbers(order_id=SECOND, run=1))
    await handled(units, arrives, ReleaseNumbers(order_id=THIRD, run=1))
    (event,) = await events(pool)
    assert [one.number for one in event.numbers] == [FIRST, SECOND]
    assert (await owners(pool))[THIRD] == ("available", None)


async def test_an_assignment_does_not_move_when_the_last_number_came(pool: Pool, units: Units) -> None:
    """It is billed from there on: the event may have been lost, and the answer to the question is all there is."""
    await handled(units, reserve, want("o-1", 1))
    await handled(units, arrives, ReleaseNumbers(order_id=FIRST, run=1))
    later = Units(pool, "did-inventory", Clock(timedelta(days=40)))
    await handled(later, assign, AssignNumbers(order_id="o-1", run=1, customer_id="c-1"))
    (checked,) = await handled(later, check_backorder, CheckBackorder(order_id="o-1", run=1))
    (event,) = await events(pool)
    assert checked.filled_at == event.filled_at
    assert checked.filled_at - datetime.now(UTC) < timedelta(days=1)


async def test_an_exchange_waits_for_its_own_numbers(pool: Pool, units: Units) -> None:
    await handled(units, reserve, want("exchange", 1, nxx="200"), want("area", 1))
    await handled(units, arrives, ReleaseNumbers(order_id=FIRST, run=1))
    assert await owners(pool) == {FIRST: ("reserved", "area")}
    await handled(units, arrives, ReleaseNumbers(order_id="+19732000001", run=1))
    assert (await owners(pool))["+19732000001"] == ("reserved", "exchange")
