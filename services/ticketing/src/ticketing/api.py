"""HTTP for operators: find tickets, comment on them, resolve them."""

import json
from datetime import timedelta
from itertools import product
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query
from prometheus_client import Gauge

from chassis.http.access import Operators
from chassis.runtime.database import Connection, Pool
from chassis.messaging.unit import Unit, unit_of_work
from chassis.http.problems import Problem
from contracts.tickets import TicketKind, TicketResolved
from ticketing import store
from ticketing.domain import ids, resolving
from ticketing.domain.ending import KINDS
from ticketing.domain.states import OPEN, NotAllowed, State
from ticketing.domain.tickets import applied, resolved, trunking
from ticketing.forms import Comment, Text, read
from ticketing.handlers import ticketing

TICKETS_OPEN = Gauge("tickets_open", "Tickets that have not ended, by kind and state.", ["kind", "state"])
SEARCH = """
SELECT ticket_id, order_id, item_id, kind, state, partner_id, summary, due, outcome, opened_at, changed_at FROM tickets
WHERE ($1::text IS NULL OR kind = $1) AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR order_id = $3)
ORDER BY ticket_id DESC LIMIT $4 OFFSET $5
"""
ONE = """
SELECT ticket_id, order_id, item_id, kind, state, run, partner_id, summary, due, opened_at, changed_at, details,
    outcome, reason, activated_on, trunk_group, numbers_confirmed, note, resolved_by, resolved_at
FROM tickets WHERE ticket_id = $1
"""
RESOLUTION = (
    "outcome",
    "reason",
    "activated_on",
    "trunk_group",
    "numbers_confirmed",
    "note",
    "resolved_by",
    "resolved_at",
)
HISTORY = "SELECT at, who, what, state, why FROM history WHERE ticket_id = $1 ORDER BY history_id"
COUNTS = f"SELECT kind, state, count(*) AS count FROM tickets WHERE state IN {OPEN} GROUP BY kind, state"
EASTERNMOST = timedelta(hours=14)  # where a day begins first


def make(pool: Pool, operators: Operators) -> FastAPI:
    api = FastAPI(title="ticketing", docs_url=None, redoc_url=None, openapi_url=None)
    operator = Depends(operators)

    @api.get("/tickets")
    async def search(
        _: Annotated[str, operator],
        kind: TicketKind | None = None,
        state: State | None = None,
        order_id: Text | None = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    ) -> list[dict[str, Any]]:
        rows = await pool.fetch(SEARCH, kind, state, order_id, limit, offset)
        return [{**row, "ticket_id": ids.shown(row["ticket_id"])} for row in rows]

    @api.get("/tickets/{name}")
    async def show(name: str, _: Annotated[str, operator]) -> dict[str, Any]:
        ticket_id = known(name)
        async with pool.acquire() as connection:
            found = await view(connection, ticket_id)
            lines = await connection.fetch(HISTORY, ticket_id)
        return {**found, "history": [dict(line) for line in lines]}

    @api.post("/tickets/{name}/comment", status_code=201)
    async def comment(name: str, comment: Comment, who: Annotated[str, operator]) -> dict[str, Any]:
        ticket_id = known(name)
        async with pool.acquire() as connection:
            line = await store.comment(connection, ticket_id, who, comment.text)
        if line is None:
            raise unknown(name)
        return dict(line)

    @api.post("/tickets/{name}/resolve")
    async def resolve(name: str, form: dict[str, Any], who: Annotated[str, operator]) -> dict[str, Any]:
        ticket_id = known(name)
        async with unit_of_work(pool, ticketing.name) as unit:
            await settle(unit, ticket_id, form, who)
            return await view(unit.connection, ticket_id)

    return api


async def settle(unit: Unit, ticket_id: int, form: dict[str, Any], who: str) -> None:
    """Raises Problem 404, 409, 422. A repeat of the same form writes and emits nothing."""
    tickets = await store.lock_siblings(unit.connection, ticket_id)
    ticket = next((one for one in tickets if one.ticket_id == ticket_id), None)
    if ticket is None:
        raise unknown(ids.shown(ticket_id))
    try:
        resolving.check_resolvable(ticket)
        resolution = read(form, ticket.kind, (unit.now + EASTERNMOST).date())
        after = resolving.resolve(ticket, resolution, who, unit.now)
    except NotAllowed as error:
        raise Problem(409, error.code, "The ticket cannot be resolved.", str(error)) from error
    if after is ticket:
        return
    assert after.resolution is not None
    await store.resolve(unit.connection, ticket_id, after.resolution)
    still_open, done = trunking(applied(tickets, [after]))
    unit.emit(
        TicketResolved(
            order_id=ticket.order_id,
            partner_id=ticket.partner_id,
            run=ticket.run,
            ticket=resolved(after),
            resolved_by=who,
            still_open=still_open,
            resolved=done,
        )
    )


async def view(connection: Connection, ticket_id: int) -> dict[str, Any]:
    """One ticket as people see it. Raises Problem 404."""
    row = await connection.fetchrow(ONE, ticket_id)
    if row is None:
        raise unknown(ids.shown(ticket_id))
    shown = {name: value for name, value in row.items() if name not in RESOLUTION}
    said = {name: row[name] for name in RESOLUTION} if row["outcome"] else None
    return {
        **shown,
        "ticket_id": ids.shown(ticket_id),
        "details": json.loads(row["details"]),
        "resolution": said,
    }


def known(name: str) -> int:
    ticket_id = ids.read(name)
    if ticket_id is None:
        raise unknown(name)
    return ticket_id


def unknown(name: str) -> Problem:
    return Problem(404, "unknown-ticket", "There is no such ticket.", f"{name!r} is no ticket; ids look like T-000123.")


async def measure(pool: Pool) -> None:
    """Every kind and state, so that one that has become empty shows zero and not its last count."""
    counts = {(row["kind"], row["state"]): row["count"] for row in await pool.fetch(COUNTS)}
    for kind, state in product(KINDS, OPEN):
        TICKETS_OPEN.labels(kind, state).set(counts.get((kind, state), 0))
