"""A process that froze in the middle of a transaction keeps nobody waiting; when it wakes up, its batch comes again."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chassis.runtime.database import OUTAGE, Pool, connect
from testkit.time import eventually

from .messages import do


@pytest.fixture
async def frozen(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, connections=2, idle_seconds=0.3)
    yield pool
    pool.terminate()


async def test_what_a_frozen_process_has_locked_is_free_after_a_while(toy: Any, frozen: Pool) -> None:
    other, toy.pool = toy.pool, frozen
    boundary = toy.boundary()
    toy.pauses["a"] = asyncio.Event()
    handling = asyncio.create_task(boundary.handle([do("a")]))

    async def it_is_in_its_handler() -> bool:
        return bool(toy.calls)

    await eventually(it_is_in_its_handler)
    async with asyncio.timeout(60), other.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE effects IN ACCESS EXCLUSIVE MODE")  # its row is in there
    toy.pauses["a"].set()
    with pytest.raises(OUTAGE):
        await handling
    toy.pauses.clear()
    await boundary.handle([do("a")])
    assert (await toy.effects(), await toy.replies()) == (["a"], [("NumbersReserved", "a:do:1:reply")])
