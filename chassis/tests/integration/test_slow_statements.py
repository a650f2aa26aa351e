"""A statement that takes too long is no outage: its message waits for as long as it takes, and the others flow."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from chassis.messaging.batch_time import BatchTooLong
from chassis.runtime.database import Pool, connect
from chassis.runtime.statements import DatabaseTooSlow

from .messages import Busy, do, filled

TRIES = 5  # more than a message that is to blame has


@pytest.fixture
async def hasty(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, connections=4, statement_seconds=0.5)
    yield pool
    pool.terminate()


@asynccontextmanager
async def locked(url: str) -> AsyncIterator[None]:
    """Nobody else can write effects."""
    other = await asyncpg.connect(url)
    try:
        async with other.transaction():
            await other.execute("LOCK TABLE effects IN ACCESS EXCLUSIVE MODE")
            yield
    finally:
        await other.close()


@pytest.mark.parametrize("how", ["execute", "fetch", "fetchrow", "fetchval"])
async def test_every_kind_of_statement_says_that_it_was_too_slow(hasty: Pool, how: str) -> None:
    async with hasty.acquire() as connection:
        with pytest.raises(DatabaseTooSlow):
            await getattr(connection, how)("SELECT pg_sleep(30)")
    with pytest.raises(DatabaseTooSlow):
        await getattr(hasty, how)("SELECT pg_sleep(30)")
    assert await hasty.fetchval("SELECT 1") == 1


async def test_a_message_whose_statement_is_too_slow_is_never_given_up(toy: Any, hasty: Pool) -> None:
    watching, toy.pool = toy.pool, hasty
    boundary = toy.boundary(waiting_attempts=2)
    async with locked(toy.url):
        await boundary.handle([do("a"), filled("b")])
        for _ in range(TRIES):
            await boundary.workers.key("a")
    toy.pool = watching
    assert ("filled", "b") in toy.calls
    row = await watching.fetchrow("SELECT message_id, error_code, attempt FROM waiting")
    assert tuple(row) == ("a:do:1", "database-too-slow", 1 + TRIES)
    assert await toy.letters() == []
    await boundary.workers.key("a")
    assert (await toy.effects(), await toy.waiting()) == (["a"], [])
    assert [kind for kind, _ in await toy.replies()] == ["NumbersReserved"]


async def test_the_failures_of_a_batch_are_retried_in_place_for_a_time_together(toy: Any) -> None:
    """A pause takes at least 25 ms: not more than eight fit into 0.2 s, however many messages fail."""
    names = [f"a{number}" for number in range(20)]
    toy.fails.update({name: [Busy()] * 100 for name in names})
    await toy.boundary(in_place_seconds=0.2).handle([do(name) for name in names])
    assert len(toy.calls) <= 1 + len(names) + 8
    assert await toy.waiting() == [f"{name}:do:1" for name in names]


async def test_what_is_left_of_a_batch_that_takes_too_long_comes_again(toy: Any, hasty: Pool) -> None:
    """Each round has its outcome for one message more."""
    watching, toy.pool = toy.pool, hasty
    boundary = toy.boundary(batch_seconds=0.75)
    names, rounds = ["a", "b", "c", "d"], 0
    async with locked(toy.url):
        while await watching.fetchval("SELECT count(*) FROM waiting") < len(names):
            rounds += 1
            assert rounds <= len(names)
            with pytest.raises(BatchTooLong):
                await boundary.handle([do(name) for name in names])
    toy.pool = watching
    assert rounds > 1
    for name in names:
        await boundary.workers.key(name)
    assert await toy.effects() == names
