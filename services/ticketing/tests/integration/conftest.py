"""A real PostgreSQL with ticketing's own migrations, emptied for each test; commands come in through the boundary."""

from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest

from chassis.http.access import sha256
from chassis.messaging.boundary import Boundary
from chassis.process.parts import Parts
from chassis.runtime.database import Pool, connect
from contracts.message import Command, Message
from testkit.http import client
from testkit.postgres import Databases
from testkit.records import Letter, record_of
from ticketing.__main__ import compose
from ticketing.settings import Settings

from .tickets import TWO_TRUNKS, Deliver, Published, Resolve, Rows


@pytest.fixture(scope="session")
async def database_url(databases: Databases) -> str:
    return await databases.migrated("ticketing")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, connections=4)
    await pool.execute("TRUNCATE tickets, history, partner_keys, inbox, outbox, unsendable, waiting RESTART IDENTITY")
    yield pool
    await pool.close()


@pytest.fixture
def settings(database_url: str) -> Settings:
    keys = {"m.alvarez": sha256("key-of-alvarez"), "r.chen": sha256("key-of-chen")}
    return Settings(database_url=database_url, operator_keys=keys, in_place_seconds=0)


@pytest.fixture
async def parts(settings: Settings, pool: Pool) -> Parts:
    return await compose(settings, pool)


@pytest.fixture
async def rows(pool: Pool) -> Rows:
    """Runs a query and answers plain tuples."""

    async def query(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await pool.fetch(sql, *values)]

    return query


@pytest.fixture
async def published(pool: Pool) -> Published:
    """What is in the outbox, oldest first; it is empty afterwards."""

    async def take() -> list[Message]:
        sent = [Letter.of(row).message for row in await pool.fetch("SELECT * FROM outbox ORDER BY id")]
        await pool.execute("DELETE FROM outbox")
        return sent

    return take


@pytest.fixture
async def deliver(parts: Parts, settings: Settings, pool: Pool, published: Published) -> Deliver:
    """Hands commands to the boundary as one batch and answers what was published.

    The same `attempt` repeats the message ids; without one they are new.
    """
    boundary = Boundary(parts.service, pool, settings)
    attempts = count(1000)

    async def hand_over(
        *commands: Command, step: str = "open tickets", direction: str = "do", attempt: int = 0
    ) -> list[Message]:
        records = [
            record_of(
                command,
                f"{command.order_id}:{command.run}:{step}:{direction}:{attempt or next(attempts)}",
                step=step,
                direction=direction,
            )
            for command in commands
        ]
        await boundary.handle(records)
        return await published()

    return hand_over


@pytest.fixture
async def http(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """As operator m.alvarez; the key of r.chen is `key-of-chen`."""
    async with client(parts.api, "key-of-alvarez") as asking:
        yield asking


@pytest.fixture
async def order(deliver: Deliver) -> None:
    """One order with two trunks and no 911 location yet."""
    await deliver(TWO_TRUNKS)


@pytest.fixture
def resolve(http: httpx.AsyncClient) -> Resolve:
    async def send(ticket_id: str, **form: Any) -> httpx.Response:
        return await http.post(f"/tickets/{ticket_id}/resolve", json=form)

    return send


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.integration)
