"""Migrations go up, down and up again, and end where the models are."""

import asyncio
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url
from sqlalchemy.ext.asyncio import create_async_engine

from chassis import migrations
from order_intake.store.tables import metadata

pytestmark = pytest.mark.integration
REVISIONS = [
    revision.revision
    for revision in reversed(list(ScriptDirectory.from_config(migrations.config("order_intake", "")).walk_revisions()))
]


async def test_every_step_of_the_stairway_can_be_climbed_down_and_up(empty_url: str) -> None:
    config = migrations.config("order_intake", empty_url)
    for revision in REVISIONS:
        await asyncio.to_thread(command.upgrade, config, revision)
        await asyncio.to_thread(command.downgrade, config, "-1")
        await asyncio.to_thread(command.upgrade, config, revision)


def differences(connection: Connection) -> list[Any]:
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


async def test_models_and_migrations_agree(database_url: str) -> None:
    database = create_async_engine(make_url(database_url).set(drivername="postgresql+asyncpg"))
    async with database.connect() as connection:
        assert await connection.run_sync(differences) == []
    await database.dispose()
