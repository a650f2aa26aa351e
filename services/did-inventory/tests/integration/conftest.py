"""A real PostgreSQL with the inventory's own migrations."""

from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from chassis.runtime.database import Pool
from testkit.postgres import Databases


@pytest.fixture(scope="session")
async def database_url(databases: Databases) -> str:
    return await databases.migrated("did_inventory")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await asyncpg.create_pool(database_url, min_size=1, max_size=10)
    await pool.execute("TRUNCATE inbox, outbox, waiting, numbers, backorders RESTART IDENTITY")
    yield pool
    pool.terminate()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.integration)
