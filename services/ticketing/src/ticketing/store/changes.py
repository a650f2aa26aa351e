"""What becomes of tickets: whole batches in one statement, each change together with its line in the history.

`at` is business time, like all dates that people see on a ticket.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from chassis.runtime.database import Connection
from ticketing.domain.opening import Opens, details_without_secrets
from ticketing.domain.resolving import resolution_text
from ticketing.domain.tickets import Change, Key, Request, SignedResolution, Ticket

# New tickets, of each order numbered as it asks for them; by order, so that two batches of the same orders do not wait
# for each other.
OPEN = """
WITH opened AS (
    INSERT INTO tickets (order_id, item_id, kind, run, partner_id, summary, details, due, time_zone,
        opened_at, changed_at)
    SELECT order_id, item_id, kind, run, partner_id, summary, details::jsonb, due, time_zone, $2, $2
    FROM unnest($3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::date[],
            $11::text[])
        WITH ORDINALITY AS wish (order_id, item_id, kind, run, partner_id, summary, details, due, time_zone, place)
    ORDER BY order_id, place
    RETURNING ticket_id, order_id, partner_id, kind, item_id, state, run
), noted AS (
    INSERT INTO history (ticket_id, at, who, what, state, why)
    SELECT ticket_id, $2, $1, 'opened', state, format('Run %s of the order asks for it.', run) FROM opened
)
SELECT * FROM opened ORDER BY ticket_id
"""
# Tickets get a new state, run or body; none is resolved afterwards, so its resolution goes (the history keeps it).
CHANGE = """
WITH change AS (
    SELECT * FROM
        unnest($3::bigint[], $4::text[], $5::int[], $6::text[], $7::text[], $8::text[], $9::text[], $10::date[],
            $11::text[])
        AS change (ticket_id, state, run, what, why, summary, details, due, time_zone)
), changed AS (
    UPDATE tickets SET state = change.state, run = change.run,
        summary = coalesce(change.summary, tickets.summary),
        details = coalesce(change.details::jsonb, tickets.details),
        due = CASE WHEN change.summary IS NULL THEN tickets.due ELSE change.due END,
        time_zone = coalesce(change.time_zone, tickets.time_zone),
        outcome = NULL, reason = '', activated_on = NULL, trunk_group = '', numbers_confirmed = false, note = '',
        resolved_by = NULL, resolved_at = NULL,
        changed_at = $2
    FROM change WHERE tickets.ticket_id = change.ticket_id
)
INSERT INTO history (ticket_id, at, who, what, state, why) SELECT ticket_id, $2, $1, what, state, why FROM change
"""
# A ticket is resolved.
RESOLVE = """
WITH resolved AS (
    UPDATE tickets SET state = 'resolved', outcome = $4, reason = $5, activated_on = $6, trunk_group = $7,
        numbers_confirmed = $8, note = $9, resolved_by = $2, resolved_at = $3, changed_at = $3
    WHERE ticket_id = $1
    RETURNING ticket_id, state
)
INSERT INTO history (ticket_id, at, who, what, state, why)
SELECT ticket_id, $3, $2, 'resolved', state, $10 FROM resolved
"""


async def open_new(
    connection: Connection, new: Mapping[Key, tuple[Opens, Request]], who: str, at: datetime
) -> list[Ticket]:
    """Raises asyncpg.UniqueViolationError when another process opened one of them meanwhile: start over."""
    if not new:
        return []
    rows = await connection.fetch(
        OPEN,
        who,
        at,
        [order_id for order_id, _, _ in new],
        [item_id for _, item_id, _ in new],
        [kind for _, _, kind in new],
        [command.run for command, _ in new.values()],
        [command.partner_id for command, _ in new.values()],
        [request.summary for _, request in new.values()],
        [_details(request) for _, request in new.values()],
        [request.due for _, request in new.values()],
        [request.time_zone for _, request in new.values()],
    )
    return [Ticket(*row) for row in rows]


async def change(connection: Connection, changes: Sequence[Change], who: str, at: datetime) -> None:
    """The tickets must be locked: their new state was decided on what `tickets.lock` returned."""
    if changes:
        await connection.execute(
            CHANGE,
            who,
            at,
            [one.ticket.ticket_id for one in changes],
            [one.ticket.state for one in changes],
            [one.ticket.run for one in changes],
            [one.what for one in changes],
            [one.why for one in changes],
            [one.request.summary if one.request else None for one in changes],
            [_details(one.request) if one.request else None for one in changes],
            [one.request.due if one.request else None for one in changes],
            [one.request.time_zone if one.request else None for one in changes],
        )


async def resolve(connection: Connection, ticket_id: int, resolution: SignedResolution) -> None:
    """The ticket must be locked, and stands from the moment in the resolution."""
    form = resolution.form
    await connection.execute(
        RESOLVE,
        ticket_id,
        resolution.who,
        resolution.at,
        form.outcome,
        form.reason,
        form.activated_on,
        form.trunk_group,
        form.numbers_confirmed,
        form.note,
        resolution_text(form),
    )


def _details(request: Request) -> str:
    return json.dumps([detail.model_dump() for detail in details_without_secrets(request)])
