"""Databases of all services, migrated once."""

import pytest
import pytest_asyncio

from testkit.postgres import Databases
from tests.http.services import PACKAGES


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/http/" in item.path.as_posix():
            item.add_marker(pytest.mark.integration)


@pytest_asyncio.fixture(scope="session")
async def urls(databases: Databases) -> dict[str, str]:
    """Package -> the URL of its database."""
    return {package: await databases.migrated(package, f"http_{package}") for package in PACKAGES}
