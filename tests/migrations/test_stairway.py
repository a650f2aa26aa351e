"""The migrations of every service climb up and down, and end where its tables and audit views are."""

import asyncio
import sys
from importlib import import_module
from typing import Any

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from chassis.runtime import migrations
from testkit.postgres import Databases
from tests.house.source import SERVICES

pytestmark = pytest.mark.integration
PYTHON = sys.executable
# Everything about the tables that a migration makes; alembic's own comparison sees no CHECK constraints.
SHAPE = {
    "columns": """
SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'alembic_version'
""",
    "constraints": """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version' AND contype <> 'n'
""",
    "indexes": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'",
    "options": "SELECT relname, reloptions FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'",
}
NAMES = "SELECT table_name, table_type FROM information_schema.tables WHERE table_schema = 'public'"


def revisions(package: str) -> list[str]:
    """From the first to the newest."""
    scripts = ScriptDirectory.from_config(migrations.config(package, ""))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def metadata_of(package: str) -> MetaData:
    metadata = import_module(f"{package}.store.tables").metadata
    assert isinstance(metadata, MetaData)
    return metadata


def views_of(package: str) -> set[str]:
    return set(import_module(f"{package}.store.audit").VIEWS)


async def names(url: str, kind: str) -> set[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(NAMES)
    await connection.close()
    return {row["table_name"] for row in rows if row["table_type"] == kind}


async def shape(url: str) -> dict[str, set[Any]]:
    connection = await asyncpg.connect(url)
    found = {what: {str(tuple(row)) for row in await connection.fetch(sql)} for what, sql in SHAPE.items()}
    await connection.close()
    return {**found, "options": {one for one in found["options"] if "alembic_version" not in one}}


@pytest.mark.parametrize("package", SERVICES)
async def test_every_step_can_be_climbed_up_down_and_up_again(databases: Databases, package: str) -> None:
    url = await databases.new(f"{package}_stairs")
    config = migrations.config(package, url)
    steps = revisions(package)
    assert steps
    for revision in steps:  # in a thread: alembic's env runs an event loop of its own
        await asyncio.to_thread(command.upgrade, config, revision)
        await asyncio.to_thread(command.downgrade, config, "-1")
        await asyncio.to_thread(command.upgrade, config, revision)
    assert await names(url, "BASE TABLE") == {"alembic_version", *metadata_of(package).tables}
    assert await names(url, "VIEW") == views_of(package)
    await asyncio.to_thread(command.downgrade, config, "base")
    assert (await names(url, "BASE TABLE"), await names(url, "VIEW")) == ({"alembic_version"}, set())


@pytest.mark.parametrize("package", SERVICES)
async def test_the_revisions_make_what_the_tables_say(databases: Databases, package: str) -> None:
    """Column by column, constraint by constraint: a table that is changed without a revision fails here."""
    migrated = await databases.migrated(package, f"{package}_migrated")
    declared = await databases.new(f"{package}_declared")
    engine = migrations.engine(declared)
    async with engine.begin() as connection:
        await connection.run_sync(metadata_of(package).create_all)
    await engine.dispose()
    there, wanted = await shape(migrated), await shape(declared)
    for what in SHAPE:
        assert there[what] == wanted[what]
        assert there[what]


@pytest.mark.parametrize("package", SERVICES)
async def test_an_audit_view_is_made_anew_when_a_migration_ends(databases: Databases, package: str) -> None:
    url = await databases.migrated(package, f"{package}_views")
    connection = await asyncpg.connect(url)
    await connection.execute("CREATE OR REPLACE VIEW audit_old AS SELECT 1 AS one")
    await connection.execute("DROP VIEW audit_messages")
    await asyncio.to_thread(migrations.upgrade, package, url)
    for view in views_of(package):
        assert await connection.fetch(f"SELECT * FROM {view}") == []
    await connection.close()
    assert await names(url, "VIEW") == views_of(package)


@pytest.mark.parametrize("package", SERVICES)
async def test_replicas_that_migrate_at_once_do_not_collide(databases: Databases, package: str) -> None:
    url = await databases.new(f"{package}_race")
    arguments = ("-m", package, "migrate")
    environment = {"DATABASE_URL": url, "BROADWORKS_URL": "https://127.0.0.1:1"}
    runs = [await asyncio.create_subprocess_exec(PYTHON, *arguments, env=environment) for _ in range(2)]
    assert [await run.wait() for run in runs] == [0, 0]
    assert await names(url, "BASE TABLE") == {"alembic_version", *metadata_of(package).tables}
    assert await names(url, "VIEW") == views_of(package)
