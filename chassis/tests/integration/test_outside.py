"""Handlers that talk to the world: one at a time for a key, and once more after a crash."""

import asyncio
from typing import Any

import asyncpg
import pytest

from chassis.errors import Transient
from chassis.messaging.reading import read_one
from chassis.messaging.service import Service
from contracts import topics
from contracts.message import Reply
from contracts.numbers import AssignNumbers, CheckBackorder, NumbersAssigned, ReleaseNumbers, ReserveNumbers
from testkit.records import FakeRecord, record_of
from testkit.time import eventually


class Down(Transient):
    """The switch does not answer."""

    code = "toy-down"


def do(order_id: str, attempt: int = 1) -> FakeRecord:
    command = AssignNumbers(order_id=order_id, run=1, customer_id="c-1")
    return record_of(command, f"{order_id}:do:{attempt}", step="build", direction="do")


def undo(order_id: str) -> FakeRecord:
    return record_of(CheckBackorder(order_id=order_id, run=1), f"{order_id}:undo", step="build", direction="undo")


async def until_called(toy: Any, count: int) -> None:
    async def called() -> bool:
        return len(toy.calls) >= count

    await eventually(called)


async def test_an_outside_handler_is_remembered_and_answered(toy: Any) -> None:
    await toy.boundary().handle([do("a"), do("b")])
    await toy.boundary().handle([do("a")])
    assert sorted(toy.world) == ["a", "b"]
    assert sorted(await toy.replies()) == [
        ("NumbersAssigned", "a:do:1:reply"),
        ("NumbersAssigned", "a:do:1:reply"),
        ("NumbersAssigned", "b:do:1:reply"),
    ]


async def test_the_same_message_twice_in_a_batch_goes_out_once(toy: Any) -> None:
    await toy.boundary().handle([do("a"), do("a")])
    assert toy.world == ["a"]
    assert len(await toy.replies()) == 2


async def test_different_keys_run_side_by_side_and_one_key_in_order(toy: Any) -> None:
    toy.pauses |= {"a": asyncio.Event(), "b": asyncio.Event()}
    batch = asyncio.create_task(toy.boundary().handle([do("a"), do("a", 2), do("b"), undo("a")]))
    await until_called(toy, 2)
    assert sorted(toy.calls) == [("assign", "a"), ("assign", "b")]
    for pause in toy.pauses.values():
        pause.set()
    await batch
    assert [what for what, order_id in toy.calls if order_id == "a"] == ["assign", "assign", "check"]
    assert toy.most == 1


async def test_a_crash_between_the_effect_and_the_commit_brings_the_message_again(toy: Any) -> None:
    service = Service("toy", listens_to=[topics.NUMBERS_COMMANDS])

    @service.outside(AssignNumbers)
    async def assign(command: AssignNumbers) -> Reply:
        toy.world.append(command.order_id)
        if len(toy.world) == 1:
            await toy.pool.execute("ALTER TABLE inbox RENAME TO gone")
        return NumbersAssigned(order_id=command.order_id, run=1, numbers=())

    try:
        with pytest.raises(asyncpg.UndefinedTableError):
            await toy.boundary(service)._outsider.one(read_one(do("a"), service), None)
    finally:
        await toy.pool.execute("ALTER TABLE gone RENAME TO inbox")
    assert await toy.letters() == []
    await toy.boundary(service).handle([do("a")])
    assert toy.world == ["a", "a"]
    assert await toy.replies() == [("NumbersAssigned", "a:do:1:reply")]


async def test_a_process_killed_while_it_works_outside_leaves_no_trace(toy: Any) -> None:
    toy.pauses["a"] = asyncio.Event()
    killed = asyncio.create_task(toy.boundary().handle([do("a")]))
    await until_called(toy, 1)
    killed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await killed
    assert await toy.pool.fetchval("SELECT count(*) FROM inbox") == 0
    toy.pauses["a"].set()
    await toy.boundary().handle([do("a")])
    assert (toy.world, len(await toy.replies())) == (["a"], 1)


async def test_an_outage_of_the_world_keeps_its_orders_waiting_and_drains_them(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Down(), ConnectionRefusedError("nobody listens")]
    await boundary.handle([do("a"), do("b"), undo("c")])
    await boundary.handle([do("a", 2)])
    assert (sorted(toy.world), await toy.waiting()) == (["b", "c"], ["a:do:1", "a:do:2"])
    await boundary.retry("a")
    assert await toy.waiting() == ["a:do:1", "a:do:2"]
    await boundary.retry("a")
    assert (toy.world[2:], await toy.waiting()) == (["a", "a"], [])


async def test_more_waiting_keys_than_connections_are_retried_at_once(toy: Any) -> None:
    """After an outage many orders are due together, and the pool is small."""
    boundary = toy.boundary()
    orders = [f"o-{number}" for number in range(20)]
    for order_id in orders:
        toy.fails[order_id] = [Down()]
    await boundary.handle([do(order_id) for order_id in orders])
    assert len(await toy.waiting()) == 20
    retries = [asyncio.create_task(boundary.retry(order_id)) for order_id in orders]
    _, waiting = await asyncio.wait(retries, timeout=10)
    for retry in waiting:
        retry.cancel()
    await asyncio.gather(*retries, return_exceptions=True)
    assert len(waiting) == 0, "the retries wait for each other's connections"
    assert (sorted(toy.world), await toy.waiting()) == (sorted(orders), [])


async def test_one_key_is_never_worked_on_twice_at_once(toy: Any) -> None:
    boundary = toy.boundary()
    toy.pauses["a"] = asyncio.Event()
    first = asyncio.create_task(boundary.handle([do("a", 1)]))
    await until_called(toy, 1)
    second = asyncio.create_task(boundary.handle([do("a", 2)]))
    third = asyncio.create_task(boundary.handle([do("a", 3)]))
    await asyncio.sleep(0)  # let both come to the lock
    toy.pauses["a"].set()
    await first
    late = [asyncio.create_task(boundary.handle([do("a", attempt)])) for attempt in range(4, 8)]
    await asyncio.gather(second, third, *late)
    assert (toy.most, len(toy.world)) == (1, 7)


async def test_the_undo_of_a_do_that_is_under_way_waits_for_it(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Down()]
    await boundary.handle([do("a")])
    toy.calls.clear()
    toy.pauses["a"] = asyncio.Event()
    retried = asyncio.create_task(boundary.retry("a"))
    await until_called(toy, 1)
    undone = asyncio.create_task(boundary.handle([undo("a")]))
    await asyncio.sleep(0)
    toy.pauses["a"].set()
    await asyncio.gather(retried, undone)
    assert ([what for what, _ in toy.calls], toy.most) == (["assign", "check"], 1)
    assert [kind for kind, _ in await toy.replies()] == ["NumbersAssigned", "BackorderChecked"]


async def test_the_undo_of_a_do_that_another_process_works_on_waits_for_it(toy: Any) -> None:
    toy.fails["a"] = [Down()]
    await toy.boundary().handle([do("a")])
    toy.calls.clear()
    toy.pauses["a"] = asyncio.Event()
    retried = asyncio.create_task(toy.boundary().retry("a"))
    await until_called(toy, 1)
    undone = asyncio.create_task(toy.boundary().handle([undo("a")]))

    async def the_undo_waits_or_runs() -> bool:
        return undone.done() or len(toy.calls) == 2 or await toy.somebody_waits_for_a_lock()

    await eventually(the_undo_waits_or_runs)
    toy.pauses["a"].set()
    await asyncio.gather(retried, undone)
    assert (toy.most, toy.calls[-1]) == (1, ("check", "a"))


async def test_two_processes_that_retry_a_key_go_out_once(toy: Any) -> None:
    toy.fails["a"] = [Down()]
    await toy.boundary().handle([do("a")])
    toy.calls.clear()
    toy.pauses["a"] = asyncio.Event()
    tasks = [asyncio.create_task(toy.boundary().retry("a")) for _ in range(2)]

    async def one_works_and_the_other_works_waits_or_left() -> bool:
        seen = len(toy.calls) + sum(task.done() for task in tasks)
        return len(toy.calls) >= 1 and (seen == 2 or await toy.somebody_waits_for_a_lock())

    await eventually(one_works_and_the_other_works_waits_or_left)
    toy.pauses["a"].set()
    await asyncio.gather(*tasks)
    assert (toy.world, toy.most, await toy.waiting()) == (["a"], 1, [])
    assert await toy.replies() == [("NumbersAssigned", "a:do:1:reply")]


async def test_a_second_process_does_not_overtake_the_first_within_a_key(toy: Any) -> None:
    toy.fails["a"] = [Down()]
    await toy.boundary().handle([do("a"), do("a", 2)])
    toy.calls.clear()
    toy.pauses["a"] = asyncio.Event()
    first = asyncio.create_task(toy.boundary().retry("a"))
    await until_called(toy, 1)
    second = asyncio.create_task(toy.boundary().retry("a"))

    async def the_second_left_waits_or_overtakes() -> bool:
        return second.done() or len(toy.calls) == 2 or await toy.somebody_waits_for_a_lock()

    await eventually(the_second_left_waits_or_overtakes)
    toy.pauses["a"].set()
    await asyncio.gather(first, second)
    assert (toy.most, len(toy.world), await toy.waiting()) == (1, 2, [])
    assert [id_ for _, id_ in await toy.replies()] == ["a:do:1:reply", "a:do:2:reply"]


async def test_a_late_do_does_not_go_out_after_its_undo(toy: Any) -> None:
    await toy.boundary().handle([undo("a"), do("a")])
    assert toy.calls == [("check", "a")]
    assert [kind for kind, _ in await toy.replies()] == ["BackorderChecked", "StepAlreadyUndone"]


@pytest.mark.parametrize("error", [KeyError("x"), Down()])
async def test_one_order_that_fails_outside_does_not_stop_the_others(toy: Any, error: Exception) -> None:
    toy.fails["bad"] = [error]
    await toy.boundary().handle([do("a"), do("bad"), do("b")])
    assert sorted(toy.world) == ["a", "b"]


async def test_inside_and_outside_handlers_share_a_batch(toy: Any) -> None:
    reserve = record_of(ReserveNumbers(order_id="a", run=1, partner_id="p-1"), "1")
    release = record_of(ReleaseNumbers(order_id="b", run=1), "2")
    await toy.boundary().handle([do("a"), reserve, do("b"), release])
    assert (await toy.effects(), sorted(toy.world)) == (["a"], ["a", "b"])
    assert len(await toy.replies()) == 4
