"""alembic per service: `migrations/` beside the service's `store`, run under a lock so that replicas may race.

Tables are declared in the service's `store/tables.py`; revisions are generated from it (`make migration`) and then
frozen. Audit views hold no data, so they are no matter of revisions: they are made anew at every migration that ends
at the newest revision.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from importlib import import_module
from pathlib import Path

import asyncpg
from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, inspect, pool, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

LOCK = 0x0D1A170E  # one advisory lock number for all: each service has its own database
DRIVER = "postgresql+asyncpg://"
# Held until the migration ends.
TAKE_LOCK = "SELECT pg_advisory_xact_lock(:lock)"


def config(package: str, url: str) -> Config:
    """The alembic configuration of a service, for `alembic.command` functions."""
    found = import_module(package).__file__
    assert found is not None
    made = Config()
    made.set_main_option("script_location", str(Path(found).parent / "migrations"))
    made.attributes["url"] = url
    return made


def upgrade(package: str, url: str, revision: str = "head", *, with_views: bool = True) -> None:
    """Bring a service's database to a revision. Must not be called where an event loop runs.

    Without views the tables may be behind what the audit views read, as they are before the next revision is written.
    """
    made = config(package, url)
    made.attributes["views"] = with_views
    command.upgrade(made, revision)


def run(metadata: MetaData, views: Mapping[str, str]) -> None:
    """Called by each `migrations/env.py`; `views` are names and their queries."""
    attributes = context.config.attributes
    asyncio.run(_run(attributes["url"], metadata, views if attributes.get("views", True) else {}))


def engine(url: str) -> AsyncEngine:
    """A service's database for SQLAlchemy, by the URL that the service itself uses.

    asyncpg reads the URL, as in the service: SQLAlchemy would hand `sslmode` on as an argument that asyncpg has not.
    """
    return create_async_engine(DRIVER, async_creator=partial(asyncpg.connect, url), poolclass=pool.NullPool)


async def _run(url: str, metadata: MetaData, views: Mapping[str, str]) -> None:
    database = engine(url)
    async with database.connect() as connection:
        await connection.run_sync(_migrate, metadata, views)
        await connection.commit()
    await database.dispose()


def _migrate(connection: Connection, metadata: MetaData, views: Mapping[str, str]) -> None:
    connection.execute(text(TAKE_LOCK), {"lock": LOCK})
    for view in inspect(connection).get_view_names():
        connection.execute(text(f"DROP VIEW {view} CASCADE"))
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
    if context.get_context().get_current_revision() == context.script.get_current_head():
        for view, query in views.items():
            connection.exec_driver_sql(f"CREATE VIEW {view} AS {query}")
