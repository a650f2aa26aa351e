"""What is noted of numbers is what a count of all of them would find, whoever changes them."""

import asyncio
from datetime import UTC, datetime

from chassis.runtime.database import Pool
from did_inventory.store import counts as store
from did_inventory.store import numbers

from .inventory import FIRST, SECOND, THIRD, stock

COUNTED = "SELECT npa, status, count(*) AS count FROM numbers GROUP BY npa, status"
NOW = datetime(2027, 1, 18, tzinfo=UTC)


async def counted(pool: Pool) -> dict[tuple[str, str], int]:
    return {(row["npa"], row["status"]): row["count"] for row in await pool.fetch(COUNTED)}


async def test_every_change_is_noted(pool: Pool) -> None:
    assert await store.counts(pool) == {}
    await stock(pool, FIRST, SECOND, THIRD, "+12158260001")
    await stock(pool, FIRST)
    assert await store.counts(pool) == {("973", "available"): 3, ("215", "available"): 1}
    async with pool.acquire() as connection:
        claims = [(FIRST, "o-1", 1, False), (SECOND, "o-2", 1, False)]
        await numbers.claim(connection, claims, {"o-1": "p-1", "o-2": "p-1"}, NOW)
        assert await store.counts(pool) == await counted(pool)
        await numbers.release(connection, [("o-1", 1, "all")], NOW)
        await numbers.assign(connection, [("o-2", "c-1", "all")], NOW)
        await numbers.assign(connection, [("o-2", "c-1", "all")], NOW)
    assert await store.counts(pool) == await counted(pool) != {}
    await pool.execute("UPDATE numbers SET npa = '908', status = 'blocked' WHERE number = $1", THIRD)
    await pool.execute("DELETE FROM numbers WHERE npa = '215'")
    assert await store.counts(pool) == await counted(pool)
    assert ("215", "available") not in await store.counts(pool)


async def test_what_is_undone_was_never_noted(pool: Pool) -> None:
    await stock(pool, FIRST)
    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await connection.execute("DELETE FROM numbers")
        await undone.rollback()
    assert await store.counts(pool) == {("973", "available"): 1}


async def test_many_notes_become_few_while_others_write(pool: Pool) -> None:
    async def one(last: int) -> None:
        await stock(pool, f"+1973826{last:04d}")
        await store.counts(pool)

    await asyncio.gather(*map(one, range(400)))
    assert await store.counts(pool) == {("973", "available"): 400} == await counted(pool)
    assert await pool.fetchval("SELECT count(*) FROM number_counts") < 2 * store.FEW
