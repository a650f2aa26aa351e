"""Long work on the event loop: others come in between its parts."""

import asyncio
import time

from chassis.runtime.slices import SLICE, Slices

PARTS = 5


async def test_others_have_their_turn_after_each_slice() -> None:
    done, seen_by_other = 0, []

    async def other() -> None:
        while True:
            seen_by_other.append(done)
            await asyncio.sleep(0)

    task = asyncio.create_task(other())
    slices = Slices()
    for _ in range(PARTS):
        until = time.monotonic() + SLICE
        while time.monotonic() < until:
            pass
        done += 1
        await slices.between()
    task.cancel()
    assert seen_by_other == list(range(1, PARTS + 1))
