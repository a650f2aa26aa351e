"""Rows that can never be sent: set aside with a dead letter, until an operator releases or discards them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import structlog
from prometheus_client import Gauge

from chassis.messaging import outbox
from chassis.messaging.dead_letters import DEAD
from chassis.messaging.notices import closing, is_notice, letter_of
from chassis.messaging.sendable import Row, Unsendable
from chassis.messaging.unit import Unit
from chassis.runtime.database import Connection, Pool
from contracts.topics import REPLAY_HORIZON

OPEN = Gauge("outbox_unsendable", "Messages that can never be sent and wait for an operator.", ["service"])

# The relay's connection does not wait for the disk; this is no delete that a crash may forget.
CAREFULLY = "SET LOCAL synchronous_commit = on"
# From the outbox to the side, as it is.
MOVE = """
WITH gone AS (DELETE FROM outbox WHERE id = $1 RETURNING topic, key, value, headers, created_at)
INSERT INTO unsendable (unsendable_id, topic, key, value, headers, written_at, error_class, error)
SELECT $2, topic, key, value, headers, created_at, $3, $4 FROM gone RETURNING written_at
"""
# The newest first; without a state those of all.
LINES = """
SELECT unsendable_id, topic, key, length(value) AS bytes, written_at, error_class, error, set_aside_at, state,
    closed_at, closed_by, why
FROM unsendable WHERE state = coalesce($1, state) ORDER BY set_aside_at DESC LIMIT $2
"""
# One, whole.
ONE = """
SELECT unsendable_id, topic, key, value, headers, length(value) AS bytes, written_at, error_class, error, set_aside_at,
    state, closed_at, closed_by, why
FROM unsendable WHERE unsendable_id = $1
"""
# The same, locked until the transaction ends.
LOCK = f"{ONE} FOR UPDATE"
# An operator has released or discarded it.
CLOSE = """
UPDATE unsendable SET state = $2, closed_at = now(), closed_by = $3, why = $4 WHERE unsendable_id = $1
"""
# Back into the outbox, byte for byte.
RELEASE = """
INSERT INTO outbox (shard, topic, key, value, headers)
SELECT $2, topic, key, value, headers FROM unsendable WHERE unsendable_id = $1
"""
# What an operator has closed, when no replay can need it any more.
PRUNE = "DELETE FROM unsendable WHERE state <> 'open' AND closed_at < now() - $1::interval"
# How many wait for an operator.
COUNT = "SELECT count(*) FROM unsendable WHERE state = 'open'"
log = structlog.get_logger()
Found = Mapping[str, Any]


class Closed(Exception):
    """It was released or discarded before; `row` says by whom."""

    def __init__(self, row: Found) -> None:
        super().__init__(row["state"])
        self.row = row


@dataclass(frozen=True, slots=True)
class Line:
    """What is told of a row without its content; `bytes` are those of the value."""

    unsendable_id: str
    topic: str
    key: str
    bytes: int
    written_at: datetime
    error_class: str
    error: str
    set_aside_at: datetime
    state: str
    closed_at: datetime | None
    closed_by: str | None
    why: str | None


async def set_aside(connection: Connection, service: str, row: Row, error: Unsendable) -> None:
    """The row leaves the outbox, and its dead letter enters it, in one transaction."""
    unsendable_id = uuid4().hex
    async with connection.transaction():
        await connection.execute(CAREFULLY)
        written_at = await connection.fetchval(MOVE, row["id"], unsendable_id, error.error_class, error.reason)
        if written_at is None:
            return  # it is gone
        if not is_notice(row):
            await outbox.write(connection, [letter_of(row, unsendable_id, written_at, service, error)])
    DEAD.labels(service, row["topic"], error.code).inc()
    log.error("message set aside: it can never be sent", id=unsendable_id, topic=row["topic"], error=error.reason)


async def lines(pool: Pool, state: str | None, limit: int) -> list[Line]:
    """The newest first."""
    return [line_of(row) for row in await pool.fetch(LINES, state, limit)]


async def find(pool: Pool, unsendable_id: str) -> Found | None:
    """With its content."""
    found: Found | None = await pool.fetchrow(ONE, unsendable_id)
    return found


async def release(unit: Unit, unsendable_id: str, who: str, why: str) -> bool:
    """Back into the outbox, as it was: the broker may take it now. False when there is none. Raises Closed."""
    return await _close(unit, unsendable_id, "released", who, why)


async def discard(unit: Unit, unsendable_id: str, who: str, why: str) -> bool:
    """It will not be sent. False when there is none. Raises Closed."""
    return await _close(unit, unsendable_id, "discarded", who, why)


async def _close(unit: Unit, unsendable_id: str, outcome: str, who: str, why: str) -> bool:
    """The message goes out before what tells order-intake of it: both have one key, so one shard."""
    row = await unit.connection.fetchrow(LOCK, unsendable_id)
    if row is None:
        return False
    if row["state"] != "open":
        raise Closed(row)
    await unit.connection.execute(CLOSE, unsendable_id, outcome, who, why)
    if outcome == "released":
        await unit.connection.execute(RELEASE, unsendable_id, outbox.shard(row["key"]))
    unit.send(closing(row, unit.service, outcome, who, why))
    return True


def line_of(row: Found) -> Line:
    """For people to read."""
    facts = {name: row[name] for name in Line.__slots__ if name not in ("key", "bytes")}
    return Line(key=(row["key"] or b"")[:200].decode(errors="replace"), bytes=row["bytes"] or 0, **facts)


async def measure(pool: Pool, service: str) -> int:
    """Shows how many wait for an operator, and answers it."""
    waiting: int = await pool.fetchval(COUNT)
    OPEN.labels(service).set(waiting)
    return waiting


async def prune(pool: Pool, older_than: timedelta = REPLAY_HORIZON) -> None:
    """Forget what was released or discarded long ago; what is open stays."""
    await pool.execute(PRUNE, older_than)
