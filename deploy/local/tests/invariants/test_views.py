"""Every audit view has the columns that the snapshot reads, in the databases that the services migrate."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from dialtone.invariants import views
from dialtone.invariants.views import View
from dialtone.stack.services import SERVICES
from testkit.postgres import Databases

pytestmark = pytest.mark.integration


@pytest.fixture(scope="session", params=[service.module for service in SERVICES])
async def connection(request: pytest.FixtureRequest, databases: Databases) -> AsyncIterator[Any]:
    """To the migrated database of each service; not that of the service's own tests."""
    connection = await asyncpg.connect(await databases.migrated(request.param, f"audited_{request.param}"))
    yield connection
    await connection.close()


@pytest.fixture
def mine(connection: Any, request: pytest.FixtureRequest) -> list[View[Any]]:
    module = request.node.callspec.params["connection"]
    return [view for view in views.ALL if view.service.module == module]


async def test_the_columns_are_the_fields(connection: Any, mine: list[View[Any]]) -> None:
    assert len(mine) > 1
    for view in mine:
        prepared = await connection.prepare(view.query)
        assert tuple(column.name for column in prepared.get_attributes()) == view.row._fields
