"""alembic per service: `migrations/` beside the service's `store`, run under a lock so that replicas may race."""

import asyncio
from importlib import import_module
from pathlib import Path

from alembic import command, context
from alembic.config import Config
from sqlalchemy import Connection, MetaData, pool, text
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

LOCK = 0x0D1A170E  # one advisory lock number for all: each service has its own database


def config(package: str, url: str) -> Config:
    """The alembic configuration of a service, for `alembic.command` functions."""
    found = import_module(package).__file__
    assert found is not None
    made = Config()
    made.set_main_option("script_location", str(Path(found).parent / "migrations"))
    made.attributes["url"] = url
    return made


def upgrade(package: str, url: str, revision: str = "head") -> None:
    command.upgrade(config(package, url), revision)


def run(metadata: MetaData) -> None:
    """Called by each `migrations/env.py`."""
    asyncio.run(_run(context.config.attributes["url"], metadata))


def engine(url: str) -> AsyncEngine:
    """A service's database for SQLAlchemy, by the URL that the service itself uses."""
    return create_async_engine(make_url(url).set(drivername="postgresql+asyncpg"), poolclass=pool.NullPool)


async def _run(url: str, metadata: MetaData) -> None:
    database = engine(url)
    async with database.connect() as connection:
        await connection.run_sync(_migrate, metadata)
        await connection.commit()
    await database.dispose()


def _migrate(connection: Connection, metadata: MetaData) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    context.configure(connection=connection, target_metadata=metadata)
    with context.begin_transaction():
        context.run_migrations()
