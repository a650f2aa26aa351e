"""Orders with the progress of their saga: one row each, read and written in batches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from chassis.runtime.database import Connection, Pool, columns
from contracts.orders import OrderState

# Orders that a batch changes, in id order, so that two batches cannot deadlock.
LOCK = """
SELECT order_id, partner_id, external_id, state, run, subject, progress, version
FROM orders WHERE order_id = ANY($1::text[]) ORDER BY order_id FOR UPDATE
"""
# Orders whose deadline has come and that nobody else works on, the oldest deadline first.
LOCK_DUE = """
SELECT order_id, partner_id, external_id, state, run, subject, progress, version
FROM orders WHERE due <= $2 ORDER BY due LIMIT $1 FOR UPDATE SKIP LOCKED
"""
# New orders.
ADD = """
INSERT INTO orders (order_id, partner_id, external_id, fingerprint, kind, account_name, state, subject, progress,
                    phase, due, held_until, submitted_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[], $13::timestamptz[])
"""
# What a batch has made of them. The stored due may be earlier than the real one, never later: an index entry less with
# every step, and a wake that finds nothing sets it right.
SAVE = """
UPDATE orders SET state = new.state, reason = new.reason, run = new.run,
    subject = coalesce(new.subject, orders.subject),
    progress = new.progress, phase = new.phase,
    due = CASE WHEN orders.due <= new.due THEN orders.due ELSE new.due END, held_until = new.held_until,
    version = orders.version + 1, updated_at = now(),
    ended_at = CASE WHEN new.ended THEN coalesce(orders.ended_at, now()) END
FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
            $9::timestamptz[], $10::boolean[])
    AS new (order_id, state, reason, run, subject, progress, phase, due, held_until, ended)
WHERE orders.order_id = new.order_id
"""
# When the engine must be asked again.
SET_DUE = """
UPDATE orders SET due = new.due FROM unnest($1::text[], $2::timestamptz[]) AS new (order_id, due)
WHERE orders.order_id = new.order_id
"""
# An order that cannot be woken is tried again later.
POSTPONE = "UPDATE orders SET due = now() + interval '1 minute' WHERE order_id = $1"
# The clock of business time was moved: gates whose moment has come are due, whatever was planned in real time. Those of
# orders that somebody works on are found the next time.
OPEN_GATES = """
UPDATE orders SET due = $2 WHERE order_id IN (
    SELECT order_id FROM orders WHERE held_until <= $1 AND due > $2 ORDER BY order_id FOR UPDATE SKIP LOCKED
)
"""


@dataclass(slots=True)
class OrderRow:
    """`subject` and `progress` are JSON texts of the domain; `version` grows with every change."""

    order_id: str
    partner_id: str
    external_id: str
    state: OrderState
    run: int
    subject: str
    progress: str
    version: int


@dataclass(frozen=True, slots=True)
class NewOrder:
    """`due` is real time, `held_until` business time."""

    order_id: str
    partner_id: str
    external_id: str
    fingerprint: str
    kind: str
    account_name: str
    state: OrderState
    subject: str
    progress: str
    phase: str
    due: datetime | None
    held_until: datetime | None
    submitted_at: datetime


@dataclass(frozen=True, slots=True)
class SavedOrder:
    """`subject` None leaves it as it is."""

    order_id: str
    state: OrderState
    reason: str
    run: int
    subject: str | None
    progress: str
    phase: str
    due: datetime | None
    held_until: datetime | None
    ended: bool


async def lock(connection: Connection, order_ids: Sequence[str]) -> list[OrderRow]:
    """Those that exist, locked until the transaction ends."""
    return [OrderRow(*row) for row in await connection.fetch(LOCK, order_ids)]


async def lock_due(connection: Connection, limit: int, now: datetime) -> list[OrderRow]:
    """Orders whose deadline has come, and that nobody else is working on."""
    return [OrderRow(*row) for row in await connection.fetch(LOCK_DUE, limit, now)]


async def set_due(connection: Connection, dues: Sequence[tuple[str, datetime | None]]) -> None:
    """(order id, when the engine must be asked again) pairs."""
    if dues:
        order_ids, whens = zip(*dues, strict=True)
        await connection.execute(SET_DUE, order_ids, whens)


async def postpone(connection: Connection, order_id: str) -> None:
    """By a minute."""
    await connection.execute(POSTPONE, order_id)


async def open_gates(pool: Pool, business_now: datetime, now: datetime) -> None:
    """Orders held until a moment of business time that has come are due `now`, which is real time."""
    await pool.execute(OPEN_GATES, business_now, now)


async def add(connection: Connection, orders: Iterable[NewOrder]) -> None:
    """In the order of their external ids: whoever takes one is waited for by all others who want it.

    Raises asyncpg.UniqueViolationError when an external id was taken meanwhile.
    """
    orders = sorted(orders, key=attrgetter("partner_id", "external_id"))
    if orders:
        await connection.execute(ADD, *columns(orders))


async def save(connection: Connection, orders: Sequence[SavedOrder]) -> None:
    """They must be locked by this transaction."""
    if orders:
        await connection.execute(SAVE, *columns(orders))
