"""What a process has in hand is its own as long as it says so; afterwards another goes on, and it writes nothing."""

import asyncio
from functools import partial
from typing import Any

import pytest
from asyncpg.exceptions import UndefinedTableError

from chassis.messaging import waiting
from chassis.messaging.service import Service
from contracts import topics
from contracts.message import Reply
from contracts.numbers import AssignNumbers, NumbersAssigned
from testkit.delivery import work_off
from testkit.time import eventually

from .conversations import Down, do, everything_done, undo, until_called


async def test_a_crash_between_the_effect_and_the_commit_brings_the_message_again(toy: Any) -> None:
    service = Service("toy", listens_to=[topics.NUMBERS_COMMANDS])

    @service.outside(AssignNumbers)
    async def assign(command: AssignNumbers) -> Reply:
        toy.world.append(command.order_id)
        if len(toy.world) == 1:
            await toy.pool.execute("ALTER TABLE outbox RENAME TO gone")
        return NumbersAssigned(order_id=command.order_id, run=1, numbers=())

    boundary = toy.boundary(service, waiting_in_hand_seconds=0.1)
    try:
        await boundary.handle([do("a")])
        await boundary.workers.round()
        await boundary.workers.idle()
    finally:
        await toy.pool.execute("ALTER TABLE gone RENAME TO outbox")
    assert (toy.world, await toy.letters(), await toy.waiting()) == (["a"], [], ["a:do:1"])
    await eventually(partial(everything_done, toy, toy.boundary(service)))
    assert toy.world == ["a", "a"]
    assert await toy.replies() == [("NumbersAssigned", "a:do:1:reply")]


async def test_what_a_killed_process_had_in_hand_is_done_by_another_after_a_while(toy: Any) -> None:
    toy.pauses["a"] = asyncio.Event()
    killed = toy.boundary(waiting_in_hand_seconds=0.3)
    await killed.handle([do("a")])
    working = asyncio.create_task(killed.workers.key("a"))
    await until_called(toy, 1)
    working.cancel()
    await asyncio.wait([working])
    toy.pauses["a"].set()
    other = toy.boundary()
    await work_off(other)
    assert (toy.world, await toy.waiting()) == ([], ["a:do:1"])
    await eventually(partial(everything_done, toy, other))
    assert (toy.world, len(await toy.replies())) == (["a"], 1)


async def test_what_a_process_that_leaves_cannot_finish_is_free_at_once(toy: Any) -> None:
    toy.pauses["a"] = asyncio.Event()
    leaving = toy.boundary(waiting_in_hand_seconds=3600)
    await leaving.handle([do("a"), do("b")])
    await leaving.workers.round()
    await until_called(toy, 2)
    await leaving.workers.stop(patience=0.05)
    assert (toy.world, await toy.waiting()) == (["b"], ["a:do:1"])
    toy.pauses["a"].set()
    await work_off(toy.boundary())
    assert (toy.world, await toy.waiting(), len(await toy.replies())) == (["b", "a"], [], 2)


async def test_what_is_kept_up_stays_in_hand(toy: Any) -> None:
    toy.pauses["a"] = asyncio.Event()
    slow, other = toy.boundary(waiting_in_hand_seconds=0.4), toy.boundary()
    await slow.handle([do("a")])
    await slow.workers.round()
    await until_called(toy, 1)
    for _ in range(10):
        await asyncio.sleep(0.1)
        await slow.workers.keep_up()
        await work_off(other)
    assert toy.calls == [("assign", "a")]
    toy.pauses["a"].set()
    await slow.workers.idle()
    assert (toy.world, await toy.waiting(), len(await toy.replies())) == (["a"], [], 1)


async def test_who_was_frozen_writes_no_outcome_when_another_has_gone_on(toy: Any) -> None:
    toy.pauses["a"] = asyncio.Event()
    frozen, other = toy.boundary(waiting_in_hand_seconds=0.05), toy.boundary()
    await frozen.handle([do("a")])
    await frozen.workers.round()
    await until_called(toy, 1)

    async def taken_by_another() -> bool:
        await other.workers.round()
        return len(toy.calls) == 2

    await eventually(taken_by_another)
    toy.pauses["a"].set()
    await frozen.workers.idle()
    await other.workers.idle()
    assert (len(toy.world), await toy.waiting()) == (2, [])
    assert await toy.replies() == [("NumbersAssigned", "a:do:1:reply")]


@pytest.mark.parametrize("error", [KeyError("x"), Down()])
async def test_who_was_frozen_gives_nothing_up_that_another_has_in_hand(toy: Any, error: Exception) -> None:
    toy.pauses["a"] = asyncio.Event()
    frozen, other = toy.boundary(waiting_in_hand_seconds=0.05, waiting_attempts=1), toy.boundary()
    await frozen.handle([do("a")])
    await frozen.workers.round()
    await until_called(toy, 1)
    await eventually(partial(toy.pool.fetchval, "SELECT held_until < clock_timestamp() FROM waiting"))
    (held,) = await waiting.take(toy.pool, 1, 60)
    toy.fails["a"] = [error]
    toy.pauses["a"].set()
    await frozen.workers.idle()
    assert (await toy.letters(), await toy.waiting()) == ([], ["a:do:1"])
    await waiting.let_go(toy.pool, [held.holder])
    await work_off(other)
    assert await toy.replies() == [("NumbersAssigned", "a:do:1:reply")]


async def test_a_do_that_was_left_behind_is_not_begun_again_when_its_undo_waits(toy: Any) -> None:
    await toy.boundary().handle([do("a")])
    await waiting.take(toy.pool, 1, 0.2)
    await toy.boundary().handle([undo("a")])
    await eventually(partial(everything_done, toy, toy.boundary()))
    assert (toy.calls, [kind for kind, _ in await toy.replies()]) == ([("check", "a")], ["BackorderChecked"])


async def test_what_a_client_library_breaks_off_is_free_again_after_a_while(toy: Any) -> None:
    """It was no end of ours: the task is gone, and nobody keeps its message up."""
    boundary = toy.boundary(waiting_in_hand_seconds=0.2)
    toy.fails["a"] = [asyncio.CancelledError()]
    await boundary.handle([do("a")])
    await boundary.workers.round()
    await boundary.workers.idle()
    assert await toy.waiting() == ["a:do:1"]
    await eventually(partial(everything_done, toy, boundary))
    assert toy.world == ["a"]


async def test_a_round_that_fails_of_anything_is_followed_by_another(toy: Any) -> None:
    boundary = toy.boundary()
    await boundary.handle([do("a")])
    await toy.pool.execute("ALTER TABLE waiting RENAME TO gone")
    running = asyncio.create_task(boundary.workers.run())
    try:
        with pytest.raises(UndefinedTableError):
            await boundary.workers.round()
        ended, _ = await asyncio.wait([running], timeout=0.3)  # it has met the same by then
        assert not ended
    finally:
        await toy.pool.execute("ALTER TABLE gone RENAME TO waiting")

    async def nothing_waits() -> bool:
        boundary.workers.wake()
        return not await toy.waiting()

    await eventually(nothing_waits)
    running.cancel()
    assert toy.world == ["a"]
