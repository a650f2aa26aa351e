"""Orders and dead letters for people: one whole, and lists of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from chassis.runtime.database import Pool
from chassis.runtime.queries import fetch, given, shown
from contracts.orders import OrderKind, OrderState
from order_intake.store.dead_letters import DeadLetterLine, key_text
from order_intake.store.tables import dead_letters, orders

# One order; of this partner, when one asks.
ORDER = """
SELECT order_id, external_id, partner_id, kind, account_name, state, reason, run, submitted_at, ended_at,
    subject, progress, version
FROM orders WHERE order_id = $1 AND ($2::text IS NULL OR partner_id = $2)
"""


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line of a list."""

    order_id: str
    external_id: str
    partner_id: str
    kind: OrderKind
    account_name: str
    state: OrderState
    reason: str
    run: int
    submitted_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class WholeOrder(OrderLine):
    """`subject` and `progress` are JSON texts of the domain; `version` is the ETag."""

    subject: str
    progress: str
    version: int


async def order(pool: Pool, order_id: str, partner_id: str | None) -> WholeOrder | None:
    """None also for an order of another partner than `partner_id`; None for that sees all."""
    row = await pool.fetchrow(ORDER, order_id, partner_id)
    return WholeOrder(*row) if row else None


async def order_lines(
    pool: Pool,
    *,
    partner_id: str | None,
    states: Sequence[str] | None,
    external_id: str | None,
    limit: int,
    offset: int,
) -> list[OrderLine]:
    """Those that fit all that is given, the newest first."""
    it = orders.c
    wanted = given((it.partner_id, partner_id), (it.state, states), (it.external_id, external_id))
    query = (
        select(*shown(orders, OrderLine))
        .where(*wanted)
        .order_by(it.submitted_at.desc(), it.order_id)
        .limit(limit)
        .offset(offset)
    )
    return [OrderLine(*row) for row in await fetch(pool, query)]


async def dead_letter_lines(
    pool: Pool,
    *,
    state: str | None,
    order_id: str | None,
    error_code: str | None,
    service: str | None,
    limit: int,
    offset: int,
) -> list[DeadLetterLine]:
    """Those that fit all that is given, the newest first."""
    it = dead_letters.c
    wanted = given(
        (it.state, state),
        (it.order_id, order_id and key_text(order_id)),
        (it.error_code, error_code),
        (it.service, service),
    )
    query = (
        select(*shown(dead_letters, DeadLetterLine))
        .where(*wanted)
        .order_by(it.failed_at.desc(), it.dl_id)
        .limit(limit)
        .offset(offset)
    )
    return [DeadLetterLine(*row) for row in await fetch(pool, query)]
