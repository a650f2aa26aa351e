"""Every statement of the service and of the chassis is one that PostgreSQL takes on the migrated schema."""

from testkit.statements import not_preparable, statements


async def test_every_statement_can_be_prepared(database_url: str) -> None:
    packages = ("ticketing.store", "chassis.facts", "chassis.messaging", "chassis.runtime.database")
    assert len(list(statements(*packages))) > 20
    assert await not_preparable(database_url, *packages) == {}
