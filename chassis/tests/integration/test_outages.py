"""A database that takes no writes now is an outage: what came in comes again, and no saga is told of a failure."""

from typing import Any

import asyncpg
import pytest
from asyncpg.exceptions import InternalClientError

from .messages import do, filled


@pytest.mark.parametrize("kind", [asyncpg.ReadOnlySQLTransactionError, asyncpg.DiskFullError, InternalClientError])
async def test_a_command_that_meets_an_outage_has_no_outcome_and_runs_again(toy: Any, kind: type[Exception]) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [kind("not now")]
    with pytest.raises(kind):
        await boundary.handle([do("a"), filled("b")])
    assert (await toy.effects(), await toy.waiting(), await toy.letters()) == ([], [], [])
    await boundary.handle([do("a"), filled("b")])
    assert len(await toy.effects()) == 1
    (reply,) = await toy.letters()
    assert type(reply.message).__name__ == "NumbersReserved"


async def test_a_database_that_is_read_only_says_so(toy: Any) -> None:
    """It is this error that a primary gives which became a standby, or is kept from writing."""
    boundary = toy.boundary()
    name = await toy.pool.fetchval("SELECT current_database()")
    await toy.pool.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    try:
        await toy.pool.expire_connections()
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await boundary.handle([do("a")])
    finally:
        async with toy.pool.acquire() as connection:
            await connection.execute("SET default_transaction_read_only = off")
            await connection.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
        await toy.pool.expire_connections()
    await boundary.handle([do("a")])
    assert len(await toy.effects()) == 1
