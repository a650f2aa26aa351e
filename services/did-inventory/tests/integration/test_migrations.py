"""Every migration goes up, down and up again, and ends in the tables that the code believes in."""

import asyncio

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from chassis import migrations
from chassis.migrations import engine
from did_inventory.tables import metadata

REVISIONS = [
    revision.revision
    for revision in reversed(list(ScriptDirectory.from_config(migrations.config("did_inventory", "")).walk_revisions()))
]


async def tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    return {row["tablename"] for row in rows}


@pytest.mark.parametrize("revision", REVISIONS)
async def test_each_step_of_the_stairway_goes_up_down_and_up(empty_url: str, revision: str) -> None:
    config = migrations.config("did_inventory", empty_url)
    await asyncio.to_thread(command.upgrade, config, revision)
    there = await tables(empty_url)
    await asyncio.to_thread(command.downgrade, config, "-1")
    if revision == REVISIONS[0]:
        assert await tables(empty_url) == {"alembic_version"}
    await asyncio.to_thread(command.upgrade, config, revision)
    assert await tables(empty_url) == there


async def test_the_models_agree_with_the_migrations(database_url: str) -> None:
    def difference(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    inventory = engine(database_url)
    async with inventory.connect() as connection:
        assert await connection.run_sync(difference) == []
    await inventory.dispose()


@pytest.mark.parametrize(
    ("status", "order_id"),
    [("reserved", None), ("assigned", None), ("held", None), ("available", "o-1"), ("aging", "o-1")],
)
async def test_the_schema_refuses_a_taken_number_without_an_owner(
    database_url: str, status: str, order_id: str | None
) -> None:
    connection = await asyncpg.connect(database_url)
    insert = "INSERT INTO numbers (number, npa, nxx, status, order_id) VALUES ('+19738260999', '973', '826', $1, $2)"
    with pytest.raises(asyncpg.CheckViolationError, match="owner_when_taken"):
        await connection.execute(insert, status, order_id)
    await connection.close()


async def test_the_schema_refuses_a_state_and_a_shortage_nobody_knows(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    with pytest.raises(asyncpg.CheckViolationError, match="status_known"):
        await connection.execute("INSERT INTO numbers (number, npa, nxx, status) VALUES ('x', '973', '826', 'lost')")
    insert = (
        "INSERT INTO backorders (order_id, run, partner_id, npa, quantity, missing) VALUES ('o', 1, 'p', '973', 2, $1)"
    )
    for missing in (-1, 3):
        with pytest.raises(asyncpg.CheckViolationError, match="missing_of_quantity"):
            await connection.execute(insert, missing)
    await connection.close()
