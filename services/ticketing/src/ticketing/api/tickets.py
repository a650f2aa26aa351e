"""Tickets for operators: find them, comment on them, resolve them."""

from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from fastapi import Query

from chassis.http.access import Operator, Work
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from chassis.runtime.database import Connection, Pool
from contracts.tickets import TicketKind
from ticketing.api.forms import Comment, Text, read
from ticketing.application.resolution import UnknownTicket, resolve_ticket
from ticketing.domain import ids
from ticketing.domain.states import NotAllowed, State
from ticketing.store import history, listing

router = make_router("tickets")


@router.get("/tickets")
async def search(
    work: Work,
    _: Operator,
    kind: TicketKind | None = None,
    state: State | None = None,
    order_id: Text | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> list[dict[str, Any]]:
    found = await listing.search(work.pool, kind=kind, state=state, order_id=order_id, limit=limit, offset=offset)
    return [{**asdict(row), "ticket_id": ids.to_text(row.ticket_id)} for row in found]


@router.get("/tickets/{name}")
async def show(name: str, work: Work, _: Operator) -> dict[str, Any]:
    ticket_id = id_of(name)
    ticket = await view(work.pool, ticket_id)
    lines = await history.lines(work.pool, ticket_id)
    return {**ticket, "history": [asdict(line) for line in lines]}


@router.post("/tickets/{name}/comment", status_code=201)
async def comment(name: str, comment: Comment, work: Work, who: Operator) -> dict[str, Any]:
    ticket_id = id_of(name)
    async with work.begin() as unit:
        line = await history.comment(unit.connection, ticket_id, who, comment.text, unit.business_now)
    if line is None:
        raise unknown(name)
    return asdict(line)


@router.post("/tickets/{name}/resolve")
async def resolve(name: str, form: dict[str, Any], work: Work, who: Operator) -> dict[str, Any]:
    ticket_id = id_of(name)
    async with work.begin() as unit:
        try:
            await resolve_ticket(unit, ticket_id, partial(read, form), who)
        except UnknownTicket as error:
            raise unknown(ids.to_text(ticket_id)) from error
        except NotAllowed as error:
            raise Problem(409, error.code, "The ticket cannot be resolved.", str(error)) from error
        return await view(unit.connection, ticket_id)


async def view(database: Pool | Connection, ticket_id: int) -> dict[str, Any]:
    """A ticket as people see it, without its history. Raises Problem 404."""
    ticket = await listing.find(database, ticket_id)
    if ticket is None:
        raise unknown(ids.to_text(ticket_id))
    return {**asdict(ticket), "ticket_id": ids.to_text(ticket_id)}


def id_of(name: str) -> int:
    """Raises Problem 404 for what is no ticket id of ours."""
    ticket_id = ids.from_text(name)
    if ticket_id is None:
        raise unknown(name)
    return ticket_id


def unknown(name: str) -> Problem:
    return Problem(404, "unknown-ticket", "There is no such ticket.", f"{name!r} is no ticket; ids look like T-000123.")
