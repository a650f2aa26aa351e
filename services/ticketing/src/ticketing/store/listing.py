"""Tickets as people see them: lists, one with all its content, and counts for the gauge."""

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from chassis.runtime.database import Connection, Pool
from chassis.runtime.queries import fetch, given, shown
from contracts.tickets import Outcome
from ticketing.domain.ids import TicketId
from ticketing.domain.kinds import Kind
from ticketing.domain.states import State
from ticketing.store.tables import tickets

# One ticket, with its resolution.
ONE = """
SELECT ticket_id, order_id, item_id, kind, state, run, partner_id, summary, due, opened_at, changed_at, details,
    outcome, reason, activated_on, trunk_group, numbers_confirmed, note, resolved_by, resolved_at
FROM tickets WHERE ticket_id = $1
"""
# Tickets that have not ended, by kind and state.
COUNTS = """
SELECT kind, state, count(*) AS count FROM tickets
WHERE state IN ('acknowledged', 'inProgress', 'pending', 'held') GROUP BY kind, state
"""


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in a list; `opened_at` and `changed_at` are business time."""

    ticket_id: TicketId
    order_id: str
    item_id: str
    kind: Kind
    state: State
    partner_id: str
    summary: str
    due: date | None
    outcome: Outcome | None
    opened_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class ResolutionView:
    """What a person said when it was resolved."""

    outcome: Outcome
    reason: str
    activated_on: date | None
    trunk_group: str
    numbers_confirmed: bool
    note: str
    resolved_by: str
    resolved_at: datetime


@dataclass(frozen=True, slots=True)
class TicketView:
    """One ticket; `details` are name and value of each line of its body."""

    ticket_id: TicketId
    order_id: str
    item_id: str
    kind: Kind
    state: State
    run: int
    partner_id: str
    summary: str
    due: date | None
    opened_at: datetime
    changed_at: datetime
    details: list[dict[str, str]]
    resolution: ResolutionView | None


async def search(
    pool: Pool,
    *,
    partner_id: str | None,
    kind: Kind | None,
    state: State | None,
    order_id: str | None,
    limit: int,
    offset: int,
) -> list[TicketRow]:
    """Those that fit all that is given, newest first."""
    it = tickets.c
    wanted = given((it.partner_id, partner_id), (it.kind, kind), (it.state, state), (it.order_id, order_id))
    query = select(*shown(tickets, TicketRow)).where(*wanted).order_by(it.ticket_id.desc()).limit(limit).offset(offset)
    return [TicketRow(*row) for row in await fetch(pool, query)]


async def find(database: Pool | Connection, ticket_id: int) -> TicketView | None:
    """None for an unknown ticket."""
    row = await database.fetchrow(ONE, ticket_id)
    if row is None:
        return None
    resolution = ResolutionView(*row[12:]) if row["outcome"] else None
    values = [*row[:11], json.loads(row["details"]), resolution]
    return TicketView(*values)


async def open_counts(pool: Pool) -> dict[tuple[Kind, State], int]:
    """(kind, state) -> how many; pairs without a ticket are left out."""
    return {(row["kind"], row["state"]): row["count"] for row in await pool.fetch(COUNTS)}
