"""Every statement of the service and of the chassis is one that PostgreSQL takes on the migrated schema."""

import pytest

from testkit.statements import not_preparable, statements

pytestmark = pytest.mark.integration


async def test_every_statement_can_be_prepared(database_url: str) -> None:
    packages = ("broadsoft_provisioner.store", "chassis.facts", "chassis.messaging", "chassis.runtime.database")
    assert len(list(statements("broadsoft_provisioner.store"))) == 15
    assert await not_preparable(database_url, *packages) == {}
