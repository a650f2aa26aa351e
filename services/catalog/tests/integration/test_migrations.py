"""The migrations go up and down, and what they make is what tables.py says."""

import asyncio

import asyncpg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from catalog.tables import metadata
from chassis import migrations

pytestmark = pytest.mark.integration


async def test_up_down_and_up_again(empty_database: str) -> None:
    config = migrations.config("catalog", empty_database)
    await asyncio.to_thread(command.upgrade, config, "head")
    await asyncio.to_thread(command.downgrade, config, "base")
    assert await tables(empty_database) == {"alembic_version"}
    await asyncio.to_thread(command.upgrade, config, "head")
    assert await tables(empty_database) == {"alembic_version", *metadata.tables}


async def test_tables_and_migrations_agree(database_url: str) -> None:
    engine = migrations.engine(database_url)
    async with engine.connect() as connection:
        differences = await connection.run_sync(compared)
    await engine.dispose()
    assert differences == []


async def tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    return {row["tablename"] for row in rows}


def compared(connection: Connection) -> list[object]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))
