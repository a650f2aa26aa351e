"""A number has one owner, whoever wants it at the same time."""

import asyncio

import pytest

from chassis.messaging.boundary import Boundary
from chassis.messaging.unit import Unit, Units
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool
from contracts.numbers import (
    NumbersReserved,
    NumbersUnavailable,
    ReserveNumbers,
    WantedNumbers,
)
from did_inventory.__main__ import compose
from did_inventory.handlers import reserve
from did_inventory.settings import Settings
from testkit.records import FakeRecord, record_of

from .inventory import (
    FIRST,
    SECOND,
    THIRD,
    choose,
    done,
    handled,
    missing,
    open_transaction,
    owners,
    stock,
    until_it_ends_or_waits,
    want,
)


@pytest.mark.parametrize("first_commits", [True, False])
@pytest.mark.parametrize(
    "second",
    [choose("second", FIRST), want("second", 1, backorder=False), want("second", 1)],
    ids=["chosen", "all", "part"],
)
async def test_two_race_for_the_last_number(
    pool: Pool, units: Units, second: ReserveNumbers, *, first_commits: bool
) -> None:
    """The second waits for the first: it is refused only when the number is really gone."""
    await stock(pool, FIRST)
    async with open_transaction(pool) as (connection, transaction):
        (won,) = await done(Unit(connection, "did-inventory", clock=Clock()), reserve, choose("first", FIRST))
        assert isinstance(won, NumbersReserved)
        racing = asyncio.create_task(handled(units, reserve, second))
        await until_it_ends_or_waits(pool, racing)
        assert not racing.done(), "it decided without knowing how the first ends"
        await (transaction.commit() if first_commits else transaction.rollback())
        (reply,) = await racing
    if not first_commits:
        assert isinstance(reply, NumbersReserved)
        assert ([one.number for one in reply.numbers], reply.backordered) == ([FIRST], ())
        assert await owners(pool) == {FIRST: ("reserved", "second")}
        return
    assert await owners(pool) == {FIRST: ("reserved", "first")}
    if second.wanted and second.wanted[0].backorder:
        assert (reply.numbers, await missing(pool)) == ((), {"second": 1})
    else:
        assert isinstance(reply, NumbersUnavailable)


async def test_searches_side_by_side_do_not_wait_for_each_other_while_there_is_enough(pool: Pool, units: Units) -> None:
    await stock(pool, FIRST, SECOND)
    async with open_transaction(pool) as (connection, transaction):
        await done(Unit(connection, "did-inventory", clock=Clock()), reserve, want("first", 1))
        (reply,) = await handled(units, reserve, want("second", 1))
        await transaction.commit()
    assert [one.number for one in reply.numbers] == [SECOND]


async def test_many_orders_at_once_never_share_a_number(pool: Pool, settings: Settings) -> None:
    numbers = [f"+1973826{line:04}" for line in range(30)]
    await stock(pool, *numbers)
    quick = settings.model_copy(update={"waiting_first_delay": 1e-6})
    commands = [want(f"o-{n}", 3) if n % 2 else choose(f"o-{n}", numbers[n], numbers[29 - n]) for n in range(16)]

    def record(command: ReserveNumbers) -> FakeRecord:
        return record_of(command, command.order_id, step="reserve", direction="do")

    batches = [[record(one) for one in commands[start::4]] for start in range(4)]
    boundaries = [Boundary((await compose(quick, pool)).service, pool, quick) for _ in batches]
    await asyncio.gather(*(boundary.handle(batch) for boundary, batch in zip(boundaries, batches, strict=True)))
    for _ in range(20):
        keys = {row["key"] for row in await pool.fetch("SELECT key FROM waiting")}
        await asyncio.gather(*(boundaries[0].workers.key(key) for key in keys))
    rows = await pool.fetch("SELECT value FROM outbox WHERE topic = 'orders.replies'")
    replies = [
        NumbersReserved.model_validate_json(row["value"]) for row in rows if b'"unavailable"' not in row["value"]
    ]
    promised = [(one.number, reply.order_id) for reply in replies for one in reply.numbers]
    assert len(rows) == 16
    assert len({number for number, _ in promised}) == len(promised)
    taken = {number: owner for number, (status, owner) in (await owners(pool)).items() if status == "reserved"}
    assert taken == dict(promised)
    wanted = sum(1 for number in (await owners(pool)).values() if number[0] == "available")
    assert wanted == 0 or sum((await missing(pool)).values()) == 0


async def test_an_order_that_chooses_and_searches_gets_both(pool: Pool, units: Units) -> None:
    await stock(pool, FIRST, SECOND, THIRD)
    command = choose("o-1", FIRST).model_copy(update={"wanted": (WantedNumbers(npa="973", quantity=2),)})
    (reply,) = await handled(units, reserve, command)
    assert ([one.number for one in reply.numbers], reply.backordered) == ([FIRST, SECOND, THIRD], ())
    assert {one.rate_center for one in reply.numbers} == {"Newark"}


async def test_a_batch_is_decided_in_its_order(pool: Pool, units: Units) -> None:
    await stock(pool, FIRST)
    replies = await handled(units, reserve, want("a", 1, backorder=False), choose("b", FIRST), want("c", 1))
    assert [type(one) for one in replies] == [NumbersReserved, NumbersUnavailable, NumbersReserved]
    assert (await owners(pool), await missing(pool)) == ({FIRST: ("reserved", "a")}, {"c": 1})
