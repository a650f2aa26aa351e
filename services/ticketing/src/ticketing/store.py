"""Tickets in PostgreSQL: whole batches in one statement, each change together with its line in the history."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chassis.runtime.database import Connection
from contracts.tickets import OpenTickets, TicketRequest
from ticketing.domain.opening import body
from ticketing.domain.resolving import told
from ticketing.domain.tickets import Change, Key, Resolution, Signed, Ticket

STANDING = """
SELECT ticket_id, order_id, partner_id, kind, item_id, state, run,
    outcome, reason, activated_on, trunk_group, numbers_confirmed, note, resolved_by, resolved_at
FROM tickets WHERE order_id = ANY($1::text[]) ORDER BY ticket_id
"""
ORDER_OF = "SELECT order_id FROM tickets WHERE ticket_id = $1"
OPEN = """
WITH opened AS (
    INSERT INTO tickets (order_id, item_id, kind, run, partner_id, summary, details, due)
    SELECT order_id, item_id, kind, run, partner_id, summary, details::jsonb, due
    FROM unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::date[])
        WITH ORDINALITY AS wish (order_id, item_id, kind, run, partner_id, summary, details, due, place)
    ORDER BY place
    RETURNING ticket_id, order_id, partner_id, kind, item_id, state, run
), noted AS (
    INSERT INTO history (ticket_id, who, what, state, why)
    SELECT ticket_id, $1, 'opened', state, format('Run %s of the order asks for it.', run) FROM opened
)
SELECT * FROM opened ORDER BY ticket_id
"""
# No change of this kind leaves a ticket resolved, so whatever its resolution was goes: the history keeps it.
CHANGE = """
WITH change AS (
    SELECT * FROM
        unnest($2::bigint[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[], $9::date[])
        AS change (ticket_id, state, run, what, why, summary, details, due)
), changed AS (
    UPDATE tickets SET state = change.state, run = change.run,
        summary = coalesce(change.summary, tickets.summary),
        details = coalesce(change.details::jsonb, tickets.details),
        due = CASE WHEN change.summary IS NULL THEN tickets.due ELSE change.due END,
        outcome = NULL, reason = '', activated_on = NULL, trunk_group = '', numbers_confirmed = false, note = '',
        resolved_by = NULL, resolved_at = NULL,
        changed_at = now()
    FROM change WHERE tickets.ticket_id = change.ticket_id
)
INSERT INTO history (ticket_id, who, what, state, why) SELECT ticket_id, $1, what, state, why FROM change
"""
RESOLVE = """
WITH resolved AS (
    UPDATE tickets SET state = 'resolved', outcome = $3, reason = $4, activated_on = $5, trunk_group = $6,
        numbers_confirmed = $7, note = $8, resolved_by = $2, resolved_at = $10, changed_at = now()
    WHERE ticket_id = $1
    RETURNING ticket_id, state
)
INSERT INTO history (ticket_id, who, what, state, why) SELECT ticket_id, $2, 'resolved', state, $9 FROM resolved
"""
COMMENT = """
INSERT INTO history (ticket_id, who, what, state, why)
SELECT ticket_id, $2, 'comment', state, $3 FROM tickets WHERE ticket_id = $1
RETURNING at, who, what, state, why
"""


async def standing(connection: Connection, orders: Sequence[str]) -> list[Ticket]:
    return [_ticket(row) for row in await connection.fetch(STANDING, orders)]


async def lock(connection: Connection, orders: Sequence[str]) -> list[Ticket]:
    """The tickets of the orders, ours until the transaction ends; in id order, so that nobody can deadlock."""
    return [_ticket(row) for row in await connection.fetch(STANDING + " FOR UPDATE", orders)]


async def lock_siblings(connection: Connection, ticket_id: int) -> list[Ticket]:
    """All tickets of its order: of two people who resolve the last two, the second sees what the first did."""
    order_id = await connection.fetchval(ORDER_OF, ticket_id)
    return await lock(connection, [order_id]) if order_id is not None else []


async def open_new(
    connection: Connection, new: Mapping[Key, tuple[OpenTickets, TicketRequest]], who: str
) -> list[Ticket]:
    """Raises asyncpg.UniqueViolationError when another process opened one of them meanwhile: start over."""
    if not new:
        return []
    rows = await connection.fetch(
        OPEN,
        who,
        [order_id for order_id, _, _ in new],
        [item_id for _, item_id, _ in new],
        [kind for _, _, kind in new],
        [command.run for command, _ in new.values()],
        [command.partner_id for command, _ in new.values()],
        [request.summary for _, request in new.values()],
        [_details(request) for _, request in new.values()],
        [request.due for _, request in new.values()],
    )
    return [Ticket(*row) for row in rows]


async def change(connection: Connection, changes: Sequence[Change], who: str) -> None:
    """The tickets must be locked: their new state was decided on what `lock` returned."""
    if changes:
        await connection.execute(
            CHANGE,
            who,
            [one.ticket.ticket_id for one in changes],
            [one.ticket.state for one in changes],
            [one.ticket.run for one in changes],
            [one.what for one in changes],
            [one.why for one in changes],
            [one.request.summary if one.request else None for one in changes],
            [_details(one.request) if one.request else None for one in changes],
            [one.request.due if one.request else None for one in changes],
        )


async def resolve(connection: Connection, ticket_id: int, signed: Signed) -> None:
    form = signed.form
    await connection.execute(
        RESOLVE,
        ticket_id,
        signed.who,
        form.outcome,
        form.reason,
        form.activated_on,
        form.trunk_group,
        form.numbers_confirmed,
        form.note,
        told(form),
        signed.at,
    )


async def comment(connection: Connection, ticket_id: int, who: str, text: str) -> Any | None:
    """The new line of the history, or None for an unknown ticket."""
    return await connection.fetchrow(COMMENT, ticket_id, who, text)


def _ticket(row: Any) -> Ticket:
    ticket_id, order_id, partner_id, kind, item_id, state, run, *said, who, at = row
    signed = Signed(Resolution(*said), who, at) if row["outcome"] else None
    return Ticket(ticket_id, order_id, partner_id, kind, item_id, state, run, signed)


def _details(request: TicketRequest) -> str:
    return json.dumps([detail.model_dump() for detail in body(request)])
