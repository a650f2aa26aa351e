"""Orders with the progress of their saga: one row each, read and written in batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chassis.runtime.database import Connection
from contracts.orders import OrderState

COLUMNS = "order_id, partner_id, external_id, state, run, subject, progress, version"
LOCK = f"SELECT {COLUMNS} FROM orders WHERE order_id = ANY($1::text[]) ORDER BY order_id FOR UPDATE"
DUE = f"""
SELECT {COLUMNS} FROM orders WHERE due <= $2 ORDER BY due LIMIT $1 FOR UPDATE SKIP LOCKED
"""
KNOWN = """
SELECT orders.partner_id, orders.external_id, orders.order_id, orders.fingerprint, orders.state FROM orders
JOIN unnest($1::text[], $2::text[]) AS wish (partner_id, external_id)
    ON orders.partner_id = wish.partner_id AND orders.external_id = wish.external_id
"""
ADD = """
INSERT INTO orders (order_id, partner_id, external_id, fingerprint, kind, account_name, state, subject, progress,
                    phase, due, submitted_at)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[])
"""
SAVE = """
UPDATE orders SET state = new.state, reason = new.reason, run = new.run,
    subject = coalesce(new.subject, orders.subject),
    progress = new.progress, phase = new.phase,
    due = CASE WHEN orders.due <= new.due THEN orders.due ELSE new.due END,
    version = orders.version + 1, updated_at = now(),
    ended_at = CASE WHEN new.ended THEN coalesce(orders.ended_at, now()) END
FROM unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::timestamptz[],
            $9::boolean[]) AS new (order_id, state, reason, run, subject, progress, phase, due, ended)
WHERE orders.order_id = new.order_id
"""


# The stored due may be earlier than the real one, never later: an index entry less with every step, and a wake that
# finds nothing sets it right.
SET_DUE = """
UPDATE orders SET due = new.due FROM unnest($1::text[], $2::timestamptz[]) AS new (order_id, due)
WHERE orders.order_id = new.order_id
"""
POSTPONE = "UPDATE orders SET due = now() + interval '1 minute' WHERE order_id = $1"


@dataclass(slots=True)
class OrderRow:
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
    ended: bool


async def lock(connection: Connection, order_ids: Sequence[str]) -> list[OrderRow]:
    """Locked in id order, so that two batches cannot deadlock."""
    return [OrderRow(*row) for row in await connection.fetch(LOCK, order_ids)]


async def lock_due(connection: Connection, limit: int, now: datetime) -> list[OrderRow]:
    """Orders whose deadline has come, and that nobody else is working on."""
    return [OrderRow(*row) for row in await connection.fetch(DUE, limit, now)]


async def set_due(connection: Connection, dues: Sequence[tuple[str, datetime | None]]) -> None:
    if dues:
        order_ids, whens = zip(*dues, strict=True)
        await connection.execute(SET_DUE, order_ids, whens)


async def postpone(connection: Connection, order_id: str) -> None:
    await connection.execute(POSTPONE, order_id)


async def known(connection: Connection, wishes: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    """Earlier orders by (partner id, external id): rows with order_id, fingerprint, state."""
    if not wishes:
        return {}
    partners, externals = zip(*wishes, strict=True)
    rows = await connection.fetch(KNOWN, partners, externals)
    return {(row["partner_id"], row["external_id"]): row for row in rows}


async def add(connection: Connection, orders: Sequence[NewOrder]) -> None:
    if orders:
        await connection.execute(
            ADD,
            [one.order_id for one in orders],
            [one.partner_id for one in orders],
            [one.external_id for one in orders],
            [one.fingerprint for one in orders],
            [one.kind for one in orders],
            [one.account_name for one in orders],
            [one.state for one in orders],
            [one.subject for one in orders],
            [one.progress for one in orders],
            [one.phase for one in orders],
            [one.due for one in orders],
            [one.submitted_at for one in orders],
        )


async def save(connection: Connection, orders: Sequence[SavedOrder]) -> None:
    if orders:
        await connection.execute(
            SAVE,
            [one.order_id for one in orders],
            [one.state for one in orders],
            [one.reason for one in orders],
            [one.run for one in orders],
            [one.subject for one in orders],
            [one.progress for one in orders],
            [one.phase for one in orders],
            [one.due for one in orders],
            [one.ended for one in orders],
        )
