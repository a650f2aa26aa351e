"""A job is done again whatever its rounds end with, and ends with its own task alone."""

import asyncio

import pytest

from chassis.runtime.cancelling import Interrupted, only_by_us
from chassis.runtime.jobs import every


@pytest.mark.parametrize("ends", [RuntimeError("broken"), OSError("away"), asyncio.CancelledError()])
async def test_a_round_that_fails_is_followed_by_another(ends: BaseException) -> None:
    rounds, third = 0, asyncio.Event()

    async def job() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            third.set()
        raise ends

    task = asyncio.create_task(every(0.0, job))
    await third.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_a_round_that_waits_for_what_never_comes_is_followed_by_another() -> None:
    rounds, second = 0, asyncio.Event()

    async def job() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 2:
            second.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(every(0.0, job, within=0.01))
    await second.wait()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_the_first_round_waits_when_it_is_told_to() -> None:
    done = asyncio.Event()

    async def job() -> None:
        done.set()

    task = asyncio.create_task(every(0.0, job, first=3600))
    await asyncio.sleep(0.01)
    assert not done.is_set()
    task.cancel()


async def test_somebody_elses_cancellation_is_a_failure_and_our_own_is_not() -> None:
    nobodys: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    nobodys.cancel()
    with pytest.raises(Interrupted), only_by_us():
        await nobodys

    async def waits() -> None:
        with only_by_us():
            await asyncio.Event().wait()

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_a_time_limit_is_still_one_inside_and_outside() -> None:
    async def inside() -> None:
        with only_by_us():
            async with asyncio.timeout(0.001):
                await asyncio.Event().wait()

    async def outside() -> None:
        async with asyncio.timeout(0.001):
            with only_by_us():
                await asyncio.Event().wait()

    for waits in (inside, outside):
        with pytest.raises(TimeoutError):
            await waits()
