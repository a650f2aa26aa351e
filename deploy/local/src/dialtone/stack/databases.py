"""One database per service on a server, created when missing, and the connection strings."""

from collections.abc import Iterable
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from asyncpg.exceptions import InterfaceError, PostgresError

from chassis.errors import said_by
from dialtone.stack.errors import StackError

# The names of all databases on the server.
DATABASES = "SELECT datname FROM pg_database"
UNREACHABLE = (OSError, PostgresError, InterfaceError)


def with_database(url: str, name: str) -> str:
    """The same server and user, another database. Query parameters (such as `host`) stay."""
    parts = urlsplit(url)
    if not parts.netloc:  # urlunsplit would drop the empty authority of a unix socket's URL
        return f"{parts.scheme}:///{name}" + (f"?{parts.query}" if parts.query else "")
    return urlunsplit(parts._replace(path=f"/{name}"))


async def answers(url: str) -> bool:
    try:
        connection = await asyncpg.connect(url, timeout=5)
    except UNREACHABLE:
        return False
    await connection.close()
    return True


async def create_missing(url: str, names: Iterable[str]) -> list[str]:
    """The names of those that were not there before. Names are ours: lower case words with underscores."""
    try:
        connection = await asyncpg.connect(url, timeout=15)
    except UNREACHABLE as error:
        raise StackError(f"PostgreSQL did not let us in: {said_by(error)}.") from error
    try:
        there = {row["datname"] for row in await connection.fetch(DATABASES)}
        missing = [name for name in names if name not in there]
        for name in missing:
            await connection.execute(f'CREATE DATABASE "{name}"')
        return missing
    finally:
        await connection.close()
