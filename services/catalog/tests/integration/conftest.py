"""A real PostgreSQL with catalog's own migrations, emptied for each test, and the service as production composes it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from catalog.__main__ import compose
from catalog.settings import Settings
from chassis.http.access import sha256
from chassis.process.parts import Parts
from chassis.runtime.database import Pool, connect
from testkit.http import client
from testkit.postgres import Databases

from .orders import Catalog

TODAY = datetime(2087, 1, 26, 15, tzinfo=UTC)  # business time: the orders of `orders` are billed from the 18th on


@pytest.fixture(scope="session")
async def database_url(databases: Databases) -> str:
    return await databases.migrated("catalog")


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await connect(database_url, connections=4)
    await pool.execute(
        "TRUNCATE offers, partner_keys, inbox, outbox, unsendable, waiting, price_books, prices, order_billing,"
        " charges, postings, subscriptions, billing_changes, billing_acts, allowances"
    )
    await pool.execute("UPDATE posting_counter SET last = 0")
    yield pool
    await pool.close()


@pytest.fixture
def settings(database_url: str) -> Settings:
    return Settings(
        database_url=database_url,
        operator_keys={"olga": sha256("key")},
        in_place_seconds=0,
        sample_prices=True,
        business_time_ahead=TODAY - datetime.now(UTC),
    )


@pytest.fixture
async def parts(settings: Settings, pool: Pool) -> Parts:
    """With the sample price book."""
    return await compose(settings, pool)


@pytest.fixture
def catalog(parts: Parts, pool: Pool, settings: Settings) -> Catalog:
    return Catalog(parts.service, pool, settings)


@pytest.fixture
async def http(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    """As operator olga."""
    async with client(parts.api, "key") as asking:
        yield asking


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.integration)
