"""Requests that lose against each other in a real database, and a pool that has no connection left."""

import asyncio
from typing import Annotated

import asyncpg
import httpx
import pytest
from fastapi import Depends, FastAPI

from chassis.http.access import Needs, Principal, Work, sha256
from chassis.http.api import make_api
from chassis.http.keyring import local_keyring
from chassis.http.principals import Principals
from chassis.http.routes import make_router
from chassis.messaging.unit import Units
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool
from chassis.runtime.settings import ServiceSettings
from testkit.http import client

KEY = "key-of-olga"
Operator = Annotated[Principal, Depends(Needs("ops:write"))]
ROWS = "CREATE TABLE IF NOT EXISTS counted (name varchar PRIMARY KEY, times int NOT NULL)"


class Counting:
    """A route that counts up two rows, in the order asked for; the first tries of two requests meet in the middle."""

    def __init__(self, pool: Pool, **settings: float) -> None:
        self.tries: list[str] = []
        self.meeting = asyncio.Barrier(2)
        self.pool = pool
        self._settings = settings

    async def count(self, first: str, second: str, work: Work, _: Operator) -> list[str]:
        self.tries.append(first)
        async with work.begin() as unit:
            await unit.connection.execute("SET LOCAL deadlock_timeout = '20ms'")
            await unit.connection.execute("UPDATE counted SET times = times + 1 WHERE name = $1", first)
            if len(self.tries) <= 2:
                await self.meeting.wait()
            await unit.connection.execute("UPDATE counted SET times = times + 1 WHERE name = $1", second)
        return [first, second]

    async def name(self, name: str, work: Work, _: Operator) -> str:
        """Finds the name, or makes it: two at once both find nothing."""
        self.tries.append(name)
        async with work.begin() as unit:
            if await unit.connection.fetchval("SELECT true FROM counted WHERE name = $1", name):
                return "found"
            if len(self.tries) <= 2:
                await self.meeting.wait()
            await unit.connection.execute("INSERT INTO counted VALUES ($1, 0)", name)
        return "made"

    async def look(self, work: Work, _: Operator) -> int:
        return int(await work.pool.fetchval("SELECT count(*) FROM counted"))

    def api(self) -> FastAPI:
        router = make_router("counting")
        router.post("/count/{first}/{second}")(self.count)
        router.post("/names/{name}")(self.name)
        router.get("/look")(self.look)
        settings = ServiceSettings(database_url="postgresql://nowhere", **self._settings)
        principals = Principals({"olga": sha256(KEY)}, local_keyring(self.pool))
        units = Units(self.pool, "toy", Clock())
        return make_api("toy", router, settings=settings, units=units, principals=principals)


@pytest.fixture
async def rows(pool: Pool) -> Pool:
    await pool.execute(ROWS)
    await pool.execute("TRUNCATE counted")
    await pool.execute("INSERT INTO counted VALUES ('a', 0), ('b', 0)")
    return pool


async def both(api: FastAPI, one: str, other: str) -> list[httpx.Response]:
    async with client(api, KEY) as http:
        return await asyncio.gather(http.post(one), http.post(other))


async def test_who_lost_a_deadlock_is_run_again_in_a_new_transaction(rows: Pool) -> None:
    counting = Counting(rows)
    answers = await both(counting.api(), "/count/a/b", "/count/b/a")
    assert [one.status_code for one in answers] == [200, 200]
    assert len(counting.tries) == 3
    assert [row["times"] for row in await rows.fetch("SELECT times FROM counted")] == [2, 2]


async def test_who_lost_a_unique_race_finds_what_the_other_made(rows: Pool) -> None:
    counting = Counting(rows)
    answers = await both(counting.api(), "/names/c", "/names/c")
    assert sorted(one.json() for one in answers) == ["found", "made"]
    assert len(counting.tries) == 3


async def test_a_request_does_not_wait_for_ever_for_a_connection(database_url: str, rows: Pool) -> None:
    async with asyncpg.create_pool(database_url, min_size=1, max_size=1) as narrow:
        api = Counting(narrow, http_answer_seconds=0.1).api()
        async with client(api, KEY) as http:
            async with narrow.acquire():
                for ask in (http.get("/look"), http.post("/names/a")):
                    answer = await ask
                    assert (answer.status_code, answer.json()["code"]) == (503, "too-slow")
                    assert answer.headers["retry-after"]
            assert (await http.get("/look")).json() == 2


@pytest.mark.parametrize("how", ["never there", "closed"])
async def test_a_database_that_is_away_is_503(database_url: str, how: str) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    pool = await asyncpg.create_pool(nowhere if how == "never there" else database_url, min_size=0, max_size=1)
    if how == "closed":
        await pool.close()
    async with client(Counting(pool).api(), KEY) as http:
        for ask in (http.get("/look"), http.post("/names/a")):
            answer = await ask
            assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (
                503,
                "unavailable",
                "5",
            )
    pool.terminate()
