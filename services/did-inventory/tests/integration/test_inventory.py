"""The inventory under races: a number has one owner, a shortage is real, and stock finds those who wait for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from chassis import problems
from chassis.access import Operators, sha256
from chassis.database import Connection, Pool
from chassis.messaging.boundary import Boundary
from chassis.messaging.unit import Unit
from chassis.settings import ServiceSettings
from chassis.testing import FakeRecord, eventually, record_of
from contracts.message import Command, Reply
from contracts.numbers import (
    AssignNumbers,
    BackorderChecked,
    BackorderFilled,
    CheckBackorder,
    ChosenNumber,
    NumbersAssigned,
    NumbersReleased,
    NumbersReserved,
    NumbersUnavailable,
    ReleaseNumbers,
    ReserveNumbers,
    WantedNumbers,
)
from contracts.vocabulary import MESSAGES
from did_inventory import api, store
from did_inventory.handlers import assign, check_backorder, did_inventory, release, reserve, stock_arrived

FIRST, SECOND, THIRD = "+19738260001", "+19738260002", "+19738260003"


def choose(order_id: str, *numbers: str, run: int = 1) -> ReserveNumbers:
    chosen = tuple(ChosenNumber(number=number) for number in numbers)
    return ReserveNumbers(order_id=order_id, run=run, partner_id="p-1", chosen=chosen)


def want(
    order_id: str, quantity: int, *, backorder: bool = True, nxx: str | None = None, run: int = 1
) -> ReserveNumbers:
    wanted = WantedNumbers(npa="973", nxx=nxx, quantity=quantity, backorder=backorder)
    return ReserveNumbers(order_id=order_id, run=run, partner_id="p-1", wanted=(wanted,))


async def stock(pool: Pool, *numbers: str) -> None:
    async with pool.acquire() as connection:
        await store.add(connection, numbers, "Newark", "NJ")


async def handled(pool: Pool, handler: Callable[..., Awaitable[Sequence[Reply]]], *commands: Command) -> list[Any]:
    """The replies of a batch, in a transaction of its own that commits."""
    async with pool.acquire() as connection, connection.transaction():
        unit = Unit(connection, "did-inventory")
        replies = await handler(commands, unit)
        await unit.flush()
    return list(replies)


async def owners(pool: Pool) -> dict[str, tuple[str, str | None]]:
    rows = await pool.fetch("SELECT number, status, order_id FROM numbers ORDER BY number")
    return {row["number"]: (row["status"], row["order_id"]) for row in rows}


async def missing(pool: Pool) -> dict[str, int]:
    rows = await pool.fetch("SELECT order_id, missing FROM backorders WHERE NOT cancelled ORDER BY backorder_id")
    return {row["order_id"]: row["missing"] for row in rows}


async def events(pool: Pool) -> list[BackorderFilled]:
    rows = await pool.fetch("SELECT value FROM outbox WHERE topic = 'numbers.events' ORDER BY id")
    found = [MESSAGES[BackorderFilled.ce_type].parse(row["value"]) for row in rows]
    return [one for one in found if isinstance(one, BackorderFilled)]


@asynccontextmanager
async def open_transaction(pool: Pool) -> AsyncIterator[tuple[Connection, Any]]:
    """A transaction that the test ends when it likes."""
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        yield connection, transaction


async def until_it_ends_or_waits(pool: Pool, task: asyncio.Task[Any]) -> None:
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

    async def ended_or_waiting() -> bool:
        return task.done() or bool(await pool.fetchval(waits))

    await eventually(ended_or_waiting)


# ── races for a number ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("first_commits", [True, False])
@pytest.mark.parametrize(
    "second",
    [choose("second", FIRST), want("second", 1, backorder=False), want("second", 1)],
    ids=["chosen", "all", "part"],
)
async def test_two_race_for_the_last_number(pool: Pool, second: ReserveNumbers, *, first_commits: bool) -> None:
    """The second waits for the first: it is refused only when the number is really gone."""
    await stock(pool, FIRST)
    async with open_transaction(pool) as (connection, transaction):
        (won,) = await reserve([choose("first", FIRST)], Unit(connection, "did-inventory"))
        assert isinstance(won, NumbersReserved)
        racing = asyncio.create_task(handled(pool, reserve, second))
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


async def test_searches_side_by_side_do_not_wait_for_each_other_while_there_is_enough(pool: Pool) -> None:
    await stock(pool, FIRST, SECOND)
    async with open_transaction(pool) as (connection, transaction):
        await reserve([want("first", 1)], Unit(connection, "did-inventory"))
        (reply,) = await handled(pool, reserve, want("second", 1))
        await transaction.commit()
    assert [one.number for one in reply.numbers] == [SECOND]


async def test_many_orders_at_once_never_share_a_number(pool: Pool) -> None:
    numbers = [f"+1973826{line:04}" for line in range(30)]
    await stock(pool, *numbers)
    settings = ServiceSettings(database_url="postgresql://nowhere/none", park_first_delay=0.001)
    commands = [want(f"o-{n}", 3) if n % 2 else choose(f"o-{n}", numbers[n], numbers[29 - n]) for n in range(16)]

    def record(command: ReserveNumbers) -> FakeRecord:
        return record_of(command, command.order_id, step="reserve", direction="do")

    batches = [[record(one) for one in commands[start::4]] for start in range(4)]
    boundaries = [Boundary(did_inventory, pool, settings) for _ in batches]
    await asyncio.gather(*(boundary.handle(batch) for boundary, batch in zip(boundaries, batches, strict=True)))
    for _ in range(20):
        keys = {row["key"] for row in await pool.fetch("SELECT key FROM parked")}
        await asyncio.gather(*(boundaries[0].retry(key) for key in keys))
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


async def test_an_order_that_chooses_and_searches_gets_both(pool: Pool) -> None:
    await stock(pool, FIRST, SECOND, THIRD)
    command = choose("o-1", FIRST).model_copy(update={"wanted": (WantedNumbers(npa="973", quantity=2),)})
    (reply,) = await handled(pool, reserve, command)
    assert ([one.number for one in reply.numbers], reply.backordered) == ([FIRST, SECOND, THIRD], ())
    assert {one.rate_center for one in reply.numbers} == {"Newark"}


async def test_a_batch_is_decided_in_its_order(pool: Pool) -> None:
    await stock(pool, FIRST)
    replies = await handled(pool, reserve, want("a", 1, backorder=False), choose("b", FIRST), want("c", 1))
    assert [type(one) for one in replies] == [NumbersReserved, NumbersUnavailable, NumbersReserved]
    assert (await owners(pool), await missing(pool)) == ({FIRST: ("reserved", "a")}, {"c": 1})


# ── release and backorders ───────────────────────────────────────────────────────────────────────────────────────────


async def test_release_gives_back_and_says_what(pool: Pool) -> None:
    await stock(pool, FIRST, SECOND)
    await handled(pool, reserve, choose("o-1", FIRST), choose("o-2", SECOND))
    replies = await handled(pool, release, ReleaseNumbers(order_id="o-1", run=1), ReleaseNumbers(order_id="o-9", run=1))
    assert [(one.order_id, one.numbers) for one in replies] == [("o-1", (FIRST,)), ("o-9", ())]
    assert await owners(pool) == {FIRST: ("available", None), SECOND: ("reserved", "o-2")}
    (again,) = await handled(pool, release, ReleaseNumbers(order_id="o-1", run=1))
    assert isinstance(again, NumbersReleased)
    assert again.numbers == ()


async def test_a_release_of_an_old_run_leaves_the_new_run_alone(pool: Pool) -> None:
    await stock(pool, FIRST)
    await handled(pool, reserve, choose("o-1", FIRST, run=2))
    await handled(pool, reserve, want("o-1", 1, run=2))
    await handled(pool, release, ReleaseNumbers(order_id="o-1", run=1))
    assert (await owners(pool), await missing(pool)) == ({FIRST: ("reserved", "o-1")}, {"o-1": 1})


async def test_released_numbers_go_to_those_who_wait(pool: Pool) -> None:
    await stock(pool, FIRST, SECOND)
    await handled(pool, reserve, want("owner", 2), want("first", 1), want("second", 3))
    assert await missing(pool) == {"first": 1, "second": 3}
    await handled(pool, release, ReleaseNumbers(order_id="owner", run=1))
    assert {order for _, order in (await owners(pool)).values()} == {"first", "second"}
    assert await missing(pool) == {"first": 0, "second": 2}
    (event,) = await events(pool)
    assert (event.order_id, event.partner_id, len(event.numbers)) == ("first", "p-1", 1)


async def test_an_order_that_is_released_waits_no_longer(pool: Pool) -> None:
    await handled(pool, reserve, want("gone", 1), want("waiting", 1))
    await handled(pool, release, ReleaseNumbers(order_id="gone", run=1))
    await handled(pool, arrives, ReleaseNumbers(order_id=FIRST, run=1))
    assert await owners(pool) == {FIRST: ("reserved", "waiting")}


async def arrives(commands: Sequence[Command], unit: Unit) -> list[Reply]:
    """New stock, as the import brings it; the order ids are the numbers."""
    await stock_arrived(await store.add(unit.connection, [one.order_id for one in commands], "Newark", "NJ"), unit)
    return []


@pytest.mark.parametrize("arrival", ["release", "import"])
@pytest.mark.parametrize("reservation_first", [True, False])
async def test_stock_and_a_new_backorder_never_miss_each_other(
    pool: Pool, arrival: str, *, reservation_first: bool
) -> None:
    """Whoever of the two decides first: no free number lies beside an order that waits for it."""
    if arrival == "release":
        await stock(pool, FIRST)
        await handled(pool, reserve, choose("owner", FIRST))
    handler, command = (
        (release, ReleaseNumbers(order_id="owner", run=1))
        if arrival == "release"
        else (arrives, ReleaseNumbers(order_id=FIRST, run=1))
    )
    pairs: list[tuple[Any, Command]] = [(reserve, want("waiting", 1)), (handler, command)]
    (early, early_command), (late, late_command) = pairs if reservation_first else pairs[::-1]
    async with open_transaction(pool) as (connection, transaction):
        await early([early_command], Unit(connection, "did-inventory"))
        racing = asyncio.create_task(handled(pool, late, late_command))
        await until_it_ends_or_waits(pool, racing)
        await transaction.commit()
        await racing
    await handled(pool, check_backorder, CheckBackorder(order_id="waiting", run=1))
    assert await owners(pool) == {FIRST: ("reserved", "waiting")}
    assert sum((await missing(pool)).values()) == 0


async def test_a_backorder_is_filled_in_parts_and_told_once(pool: Pool) -> None:
    await handled(pool, reserve, want("o-1", 2))
    await handled(pool, arrives, ReleaseNumbers(order_id=FIRST, run=1))
    (checked,) = await handled(pool, check_backorder, CheckBackorder(order_id="o-1", run=1))
    assert isinstance(checked, BackorderChecked)
    assert (checked.missing, [one.number for one in checked.filled]) == (1, [FIRST])
    assert await events(pool) == []
    await handled(pool, arrives, ReleaseNumbers(order_id=SECOND, run=1))
    await handled(pool, arrives, ReleaseNumbers(order_id=THIRD, run=1))
    (event,) = await events(pool)
    assert [one.number for one in event.numbers] == [FIRST, SECOND]
    assert (await owners(pool))[THIRD] == ("available", None)


async def test_an_exchange_waits_for_its_own_numbers(pool: Pool) -> None:
    await handled(pool, reserve, want("exchange", 1, nxx="200"), want("area", 1))
    await handled(pool, arrives, ReleaseNumbers(order_id=FIRST, run=1))
    assert await owners(pool) == {FIRST: ("reserved", "area")}
    await handled(pool, arrives, ReleaseNumbers(order_id="+19732000001", run=1))
    assert (await owners(pool))["+19732000001"] == ("reserved", "exchange")


# ── assign ───────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_assign_is_idempotent(pool: Pool) -> None:
    await stock(pool, FIRST, SECOND)
    await handled(pool, reserve, choose("o-1", FIRST, SECOND))
    command = AssignNumbers(order_id="o-1", run=1, customer_id="c-1")
    once = await handled(pool, assign, command)
    again = await handled(pool, assign, command, command)
    assert isinstance(once[0], NumbersAssigned)
    assert [sorted(one.numbers) for one in once + again] == [[FIRST, SECOND]] * 3
    assert await owners(pool) == {FIRST: ("assigned", "o-1"), SECOND: ("assigned", "o-1")}
    assert set(await pool.fetch("SELECT DISTINCT customer_id FROM numbers")) == {("c-1",)}


async def test_stock_that_comes_after_the_assignment_is_the_customers_at_once(pool: Pool) -> None:
    await stock(pool, FIRST)
    await handled(pool, reserve, want("o-1", 2))
    (reply,) = await handled(pool, assign, AssignNumbers(order_id="o-1", run=1, customer_id="c-1"))
    assert reply.numbers == (FIRST,)
    await handled(pool, arrives, ReleaseNumbers(order_id=SECOND, run=1))
    assert await pool.fetchrow("SELECT status, customer_id FROM numbers WHERE number = $1", SECOND) == (
        "assigned",
        "c-1",
    )


@pytest.mark.parametrize("assignment_first", [True, False])
async def test_stock_that_meets_the_assignment_is_assigned(pool: Pool, *, assignment_first: bool) -> None:
    await handled(pool, reserve, want("o-1", 1))
    pairs: list[tuple[Any, Command]] = [
        (assign, AssignNumbers(order_id="o-1", run=1, customer_id="c-1")),
        (arrives, ReleaseNumbers(order_id=FIRST, run=1)),
    ]
    (early, early_command), (late, late_command) = pairs if assignment_first else pairs[::-1]
    async with open_transaction(pool) as (connection, transaction):
        await early([early_command], Unit(connection, "did-inventory"))
        racing = asyncio.create_task(handled(pool, late, late_command))
        await until_it_ends_or_waits(pool, racing)
        await transaction.commit()
        await racing
    assert await pool.fetchrow("SELECT status, customer_id FROM numbers") == ("assigned", "c-1")


async def test_an_assigned_number_is_not_released(pool: Pool) -> None:
    await stock(pool, FIRST)
    await handled(pool, reserve, choose("o-1", FIRST))
    await handled(pool, assign, AssignNumbers(order_id="o-1", run=1, customer_id="c-1"))
    (reply,) = await handled(pool, release, ReleaseNumbers(order_id="o-1", run=1))
    assert (reply.numbers, await owners(pool)) == ((), {FIRST: ("assigned", "o-1")})


# ── the operators' HTTP ──────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def operator(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    app = api.make(pool, Operators({"olivia": sha256("key")}), allow_fiction=False)
    problems.install(app)
    headers = {"authorization": "Bearer key"}
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://inventory", headers=headers
    ) as client:
        yield client


async def test_an_import_fills_the_queue_first_come_first_served(pool: Pool) -> None:
    await handled(pool, reserve, want("first", 2), want("second", 1))
    async with operator(pool) as client:
        answer = await client.post(
            "/numbers", json={"first": FIRST, "count": 2, "rate_center": "Newark", "region": "NJ"}
        )
        assert (answer.status_code, answer.json()["delivered_to_backorders"]) == (201, {"first": 2})
        answer = await client.post("/numbers", json={"numbers": ["(973) 826-0002", "973-826-0003", "973-826-0004"]})
    assert answer.json() == {"added": 2, "known": 1, "delivered_to_backorders": {"second": 1}}
    assert await owners(pool) == {
        FIRST: ("reserved", "first"),
        SECOND: ("reserved", "first"),
        THIRD: ("reserved", "second"),
        "+19738260004": ("available", None),
    }
    assert [one.order_id for one in await events(pool)] == ["first", "second"]


async def test_an_import_with_a_fault_imports_nothing_and_names_every_fault(pool: Pool) -> None:
    async with operator(pool) as client:
        answer = await client.post(
            "/numbers", json={"numbers": ["973-826-0001", "911", "555"], "first": "1", "count": 2}
        )
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/numbers/1", "/numbers/2", "/first"]
    assert await owners(pool) == {}


async def test_an_import_needs_an_operator(pool: Pool) -> None:
    async with operator(pool) as client:
        answer = await client.post("/numbers", json={"numbers": [FIRST]}, headers={"authorization": "Bearer other"})
    assert (answer.status_code, await owners(pool)) == (401, {})


async def test_two_imports_of_the_same_numbers_bring_them_once(pool: Pool) -> None:
    await handled(pool, reserve, want("o-1", 1))
    async with operator(pool) as client:
        answers = await asyncio.gather(*(client.post("/numbers", json={"numbers": [SECOND, FIRST]}) for _ in range(4)))
    assert sum(answer.json()["added"] for answer in answers) == 2
    assert await missing(pool) == {"o-1": 0}
    assert sorted(status for status, _ in (await owners(pool)).values()) == ["available", "reserved"]
