"""A real PostgreSQL with the inventory's own migrations, and the service as its composition root makes it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from chassis.http.access import sha256
from chassis.messaging.boundary import Boundary
from chassis.messaging.unit import Units
from chassis.process.parts import Parts
from chassis.runtime.database import Pool, connect
from did_inventory.__main__ import compose
from did_inventory.settings import Settings
from testkit.postgres import Databases


@pytest.fixture(scope="session")
async def database_url(databases: Databases) -> str:
    return await databases.migrated("did_inventory")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, connections=10)
    await pool.execute(
        "TRUNCATE partner_keys, inbox, outbox, unsendable, waiting, numbers, number_counts, backorders RESTART IDENTITY"
    )
    yield pool
    pool.terminate()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(database_url=database_url, operator_keys={"olivia": sha256("key")})


@pytest.fixture
async def parts(settings: Settings, pool: Pool) -> Parts:
    return await compose(settings, pool)


@pytest.fixture
def boundary(parts: Parts, settings: Settings, pool: Pool) -> Boundary:
    return Boundary(parts.service, pool, settings)


@pytest.fixture
def units(settings: Settings, pool: Pool) -> Units:
    """For what is handled without a message that brought it: a handler's transaction, by the clock of the settings."""
    return Units(pool, "did-inventory", settings.clock)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.integration)
