"""Statements of pooled connections: one that takes too long is no outage, and says nothing against what it was for.

asyncpg tells it by the same TimeoutError as a server that cannot be reached; and of a connection that lost step with
its server (after a cancellation, after half an answer) by an InternalClientError, which is no PostgresError.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
from asyncpg.exceptions import InternalClientError

from chassis.errors import Transient


class DatabaseTooSlow(Transient):
    """Our database did not answer a statement in time."""

    code = "database-too-slow"


class StatementConnection(asyncpg.Connection):
    """The `connection_class` of a pool. Its statements raise DatabaseTooSlow, and otherwise what asyncpg raises."""

    async def execute(self, query: str, *args: Any, **options: Any) -> Any:
        with _told_apart():
            return await super().execute(query, *args, **options)

    async def fetch(self, query: str, *args: Any, **options: Any) -> Any:
        with _told_apart():
            return await super().fetch(query, *args, **options)

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        with _told_apart():
            return await super().fetchrow(query, *args, **options)  # type: ignore[no-untyped-call]

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        with _told_apart():
            return await super().fetchval(query, *args, **options)  # type: ignore[no-untyped-call]


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except (TimeoutError, InternalClientError) as error:
        lost = isinstance(error, InternalClientError)
        raise DatabaseTooSlow("The connection had lost step with it." if lost else "") from error
