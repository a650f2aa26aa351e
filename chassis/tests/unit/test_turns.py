"""One at a time per place, and no place is remembered once everybody has left it."""

import asyncio

import pytest

from chassis.runtime.turns import Turns


async def test_one_at_a_time_however_they_come() -> None:
    turns, inside, most = Turns(), 0, 0

    async def work(rounds: int) -> None:
        nonlocal inside, most
        for _ in range(rounds):
            async with turns.at("a"):
                inside += 1
                most = max(most, inside)
                await asyncio.sleep(0)
                inside -= 1

    await asyncio.gather(*(work(rounds) for rounds in (1, 2, 3, 4, 5)))
    assert (most, turns._turns) == (1, {})


async def test_places_do_not_wait_for_each_other() -> None:
    turns = Turns()
    async with turns.at("a"), turns.at("b"):
        assert set(turns._turns) == {"a", "b"}


async def test_a_failure_or_a_cancelled_wait_leaves_nothing_behind() -> None:
    turns = Turns()
    with pytest.raises(KeyError):
        async with turns.at("a"):
            raise KeyError

    async def enter() -> None:
        async with turns.at("a"):
            pass

    async with turns.at("a"):
        waiting = asyncio.create_task(enter())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert turns._turns == {}
    await enter()
