"""A PostgreSQL of our own, migrated once and emptied for each test; two portals, an operator, a desk around them."""

from collections.abc import AsyncIterator

import httpx
import pytest

from chassis.http.access import sha256
from chassis.runtime.database import Pool, connect
from contracts.catalog import OrderNotPriceable
from order_intake.settings import Settings
from order_intake.store import packages
from testkit.postgres import Databases

from ..builders import MENU
from .desk import OPERATORS, Desk, new_partner
from .portal import Submission, signer

TABLES = (
    "partners api_keys packages accounts orders operator_actions dead_letters inbox outbox unsendable waiting".split()
)
REPLAY_LIMIT = 2


@pytest.fixture(scope="session")
async def database_url(databases: Databases) -> str:
    """Migrated; whatever earlier tests left in it goes when `pool` opens."""
    return await databases.migrated("order_intake")


@pytest.fixture(scope="session")
async def connections(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, connections=6)
    yield pool
    await pool.close()


@pytest.fixture
async def pool(connections: Pool) -> Pool:
    await connections.execute("; ".join(f"DELETE FROM {table}" for table in TABLES))
    await packages.add(connections, list(MENU.values()))
    return connections


@pytest.fixture
def settings(database_url: str) -> Settings:
    keys = {name: sha256(key) for name, key in OPERATORS.items()}
    limits = {"in_place_seconds": 0, "replay_limit": REPLAY_LIMIT, "http_wrong_keys_burst": 100}
    return Settings(database_url=database_url, operator_keys=keys, allow_fiction=True, bare_rejections=False, **limits)


@pytest.fixture
async def desk(pool: Pool, settings: Settings) -> Desk:
    return await Desk.of(settings, pool)


@pytest.fixture
async def ada_key(pool: Pool) -> str:
    _, key = await new_partner(pool, "p-ada", "Ada Telecom")
    return key


@pytest.fixture
def submission(ada_key: str) -> Submission:
    """Makes records that p-ada signed."""
    return signer(ada_key)


@pytest.fixture
async def ada(desk: Desk, ada_key: str) -> AsyncIterator[httpx.AsyncClient]:
    """The portal of partner p-ada."""
    async with desk.client(ada_key) as client:
        yield client


@pytest.fixture
async def bea(desk: Desk) -> AsyncIterator[httpx.AsyncClient]:
    """The portal of another partner, p-bea."""
    _, key = await new_partner(desk.pool, "p-bea", "Bea Voice")
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
