"""Which shards of the outbox this relay owns: they are shared out among the relays of a service that live.

A shard is an advisory lock of the relay's connection: it dies with it, and no lease runs out while its owner works. A
process that is frozen, or on a line whose other end nobody holds, keeps its locks. So every relay says something every
two seconds, through that very connection, and the others end the connection of one that says nothing for five.
PostgreSQL itself knows who has spoken when (`pg_stat_activity`); nothing is written for it.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import NamedTuple

import asyncpg
import structlog
from prometheus_client import Gauge

from chassis.messaging.outbox import SHARDS

OWNED = Gauge("outbox_shards_owned", "Shards of the outbox that this process sends.", ["service"])

LOCKS = 0x0B0C  # first number of the advisory locks; the second is the shard, or says that here is a relay
RELAY = SHARDS
SPEAKS_EVERY, SILENT_AFTER = 2.0, 5.0  # seconds

# Here is a relay, to be seen by the others.
APPEAR = "SELECT pg_advisory_lock_shared($1, $2)"
# Become the owner of so many of these shards, of those that have none.
OWN = "SELECT shard FROM unnest($2::int[]) AS shard WHERE pg_try_advisory_lock($1, shard) LIMIT $3"
# Leave it to others.
LEAVE = "SELECT pg_advisory_unlock($1, $2)"
# How many other relays there are; the connections of those that say nothing are ended.
OTHERS = """
SELECT count(*) FILTER (WHERE NOT silent) AS living,
       count(*) FILTER (WHERE silent AND pg_terminate_backend(pid)) AS ended
FROM (
    SELECT pid,
        coalesce(wait_event_type = 'Client' AND state_change < now() - $3 * interval '1 second', false) AS silent
    FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND classid = $1::int8::oid AND objid = $2::int8::oid AND objsubid = 2
        AND datname = current_database() AND pid <> pg_backend_pid()
) AS other
"""
log = structlog.get_logger()


class Pace(NamedTuple):
    """Seconds. Whoever is silent is found out within their sum, and a poll more."""

    speaks_every: float = SPEAKS_EVERY
    silent_after: float = SILENT_AFTER


class Shards:
    """Of one connection. `owned` may shrink only by `share_out`, which the sender calls when nothing is on its way."""

    def __init__(self, connection: asyncpg.Connection, service: str, pace: Pace) -> None:
        self._connection, self._service, self._pace = connection, service, pace
        self._one_at_a_time = asyncio.Lock()
        self._spoken = time.monotonic()
        self._living = 1
        self.owned: list[int] = []

    async def appear(self) -> None:
        async with self.connection() as connection:
            await connection.execute(APPEAR, LOCKS, RELAY)
        await self._look()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        """One conversation at a time. It has an end: so nobody took us for silent before it began."""
        async with self._one_at_a_time:
            begun = time.monotonic()
            yield self._connection
            self._spoken = begun

    async def speak(self) -> None:
        """Runs until cancelled, or raises what the connection has: it is lost, and the shards with it."""
        while True:
            await asyncio.sleep(self._pace.speaks_every)
            await self._look()

    async def still_own(self) -> None:
        """To be asked before something is sent: after a pause, others may own the shards.

        Raises what the connection has.
        """
        while time.monotonic() - self._spoken > self._pace.silent_after / 2:
            await self._look()

    async def share_out(self) -> None:
        """Takes what is free up to a fair share, and leaves what is beyond it."""
        fair = -(-SHARDS // self._living)
        free = sorted(set(range(SHARDS)) - set(self.owned))
        async with self.connection() as connection:
            while len(self.owned) > fair:
                await connection.execute(LEAVE, LOCKS, self.owned.pop())
            if len(self.owned) < fair:
                taken = await connection.fetch(OWN, LOCKS, free, fair - len(self.owned))
                self.owned += [row["shard"] for row in taken]
        OWNED.labels(self._service).set(len(self.owned))

    async def _look(self) -> None:
        async with self.connection() as connection:
            found = await connection.fetchrow(
                OTHERS, LOCKS, RELAY, self._pace.silent_after, timeout=self._pace.silent_after
            )
        assert found is not None
        self._living = 1 + found["living"]
        if found["ended"]:
            log.warning("the connection of a silent relay was ended", service=self._service, ended=found["ended"])
