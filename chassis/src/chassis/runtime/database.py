"""PostgreSQL: the asyncpg pool that a service works with, and what its outages look like."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any, TypeAlias

import asyncpg
import structlog
from asyncpg.exceptions import InterfaceError, InternalClientError

from chassis.errors import said_by
from chassis.runtime.statements import DatabaseTooSlow, StatementConnection

Connection: TypeAlias = asyncpg.pool.PoolConnectionProxy
Pool: TypeAlias = asyncpg.Pool

# What an outage of the database looks like from here; the batch is then left uncommitted and comes again.
OUTAGE = (
    OSError,
    InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.InsufficientResourcesError,  # too many connections, a full disk
    asyncpg.ReadOnlySQLTransactionError,  # after a failover, what was the primary
    InternalClientError,  # of a connection, not of a statement: see `statements`
)
# Worth another try in place: somebody else was faster.
CONTENTION = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError, asyncpg.LockNotAvailableError)
# Says nothing against a message, however often it is met.
BLAMELESS = (*CONTENTION, DatabaseTooSlow)


STATEMENT_SECONDS = 60.0
IDLE_SECONDS = 20.0
# Batches come as arrays: a generic plan takes them for ten elements long and falls into nested loops (measured: 300 ms
# where a plan of their own takes 10). Planning each batch anew costs 0.2 ms.
PLANNING = {"plan_cache_mode": "force_custom_plan"}
log = structlog.get_logger()


async def connect(
    url: str,
    *,
    connections: int,
    patience: float = 30.0,
    statement_seconds: float = STATEMENT_SECONDS,
    idle_seconds: float = IDLE_SECONDS,
) -> Pool:
    """Open the pool; waits up to `patience` seconds for a database that is still starting.

    A statement that takes longer than `statement_seconds` raises DatabaseTooSlow. A transaction in which nothing is
    said for `idle_seconds` is ended by the server: what a process has locked that froze is free again then.
    """
    idle = {"idle_in_transaction_session_timeout": f"{idle_seconds * 1000:.0f}ms"}
    deadline = asyncio.get_running_loop().time() + patience
    told = ""
    while True:
        try:
            pool: Pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=connections,
                command_timeout=statement_seconds,
                server_settings=PLANNING | idle,
                reset=_as_it_is,
                connection_class=StatementConnection,
            )
        except OUTAGE as error:
            if asyncio.get_running_loop().time() > deadline:
                raise
            if (reason := why_not(error)) != told:
                told = reason
                log.warning("waiting for the database", reason=reason)
            await asyncio.sleep(0.2)
        else:
            return pool


async def _as_it_is(_: Connection) -> None:
    """Nothing of ours outlives a transaction (no session lock, no SET, no LISTEN): a reset would cost a round trip."""


def why_not(error: Exception) -> str:
    """Why the database does not let us in, in one sentence."""
    match error:
        case ssl.SSLCertVerificationError():
            return (
                f"The certificate of PostgreSQL is not trusted ({error.verify_message}): see the host name and the"
                " sslrootcert in DATABASE_URL."
            )
        case asyncpg.InvalidAuthorizationSpecificationError():
            return f"PostgreSQL refuses the login ({error}): see DATABASE_URL."
        case _:
            return f"PostgreSQL cannot be reached ({said_by(error)}): see DATABASE_URL."


# Has any revision of the tables reached it?
MIGRATED = "SELECT to_regclass('alembic_version') IS NOT NULL"
# Is the database there?
ANSWERS = "SELECT true"


async def is_migrated(pool: Pool) -> bool:
    """Has any revision of its tables reached this database?"""
    return bool(await pool.fetchval(MIGRATED))


async def answers(pool: Pool, within: float = 2.0) -> bool:
    """Raises what `OUTAGE` names, or TimeoutError after `within` seconds."""
    async with asyncio.timeout(within):  # a pool without a free connection is waited for no longer either
        return bool(await pool.fetchval(ANSWERS))


def columns(rows: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The fields of dataclass rows, all of one kind, as the columns that `unnest` takes. There must be a row."""
    values = attrgetter(*(one.name for one in fields(rows[0])))
    return list(zip(*map(values, rows), strict=True))
