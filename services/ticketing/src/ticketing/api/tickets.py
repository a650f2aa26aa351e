"""Tickets: their partner and our people find them and comment on them; our people resolve them."""

from dataclasses import dataclass, fields
from functools import partial
from typing import Annotated, Any

from fastapi import Body, Depends, Query

from chassis.http.access import Needs, Principal, Work
from chassis.http.parameters import IN_DIGITS
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from chassis.runtime.database import Connection, Pool
from contracts.echo import quoted
from ticketing.api.forms import Comment, Text, read
from ticketing.application.resolution import UnknownTicket, resolve_ticket
from ticketing.domain import ids
from ticketing.domain.kinds import Kind
from ticketing.domain.states import NotAllowed, State
from ticketing.store import history, listing
from ticketing.store.history import Line
from ticketing.store.listing import TicketRow, TicketView

router = make_router("tickets")
Reader = Annotated[Principal, Depends(Needs("tickets:read"))]
Writer = Annotated[Principal, Depends(Needs("tickets:write"))]
Resolver = Annotated[Principal, Depends(Needs("tickets:write", partners=False))]
DONE = {"outcome": "done", "note": "The customer has called back."}
PROOF = """A trunking ticket is done with proof: `activated_on`, a date from a month before the ticket was opened until
today, `trunk_group`, its name as built, and `numbers_confirmed`, which is true. A setup ticket is done with the first
of them alone."""
# What people send; it is read by `forms`, so that every fault is answered at once.
Resolved = Annotated[
    dict[str, Any], Body(examples=[DONE, {"outcome": "cannot-do", "reason": "no such address"}], description=PROOF)
]


@dataclass(frozen=True, slots=True)
class TicketStory(TicketView):
    """With all that happened to it, oldest first."""

    history: list[Line]


@router.get("/tickets")
async def search(
    work: Work,
    reader: Reader,
    kind: Kind | None = None,
    state: State | None = None,
    order_id: Text | None = None,
    limit: Annotated[int, Query(ge=1, le=1000), IN_DIGITS] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000), IN_DIGITS] = 0,
) -> list[TicketRow]:
    return await listing.search(
        work.pool,
        partner_id=reader.partner_id,
        kind=kind,
        state=state,
        order_id=order_id,
        limit=limit,
        offset=offset,
    )


@router.get("/tickets/{name}")
async def show(name: str, work: Work, reader: Reader) -> TicketStory:
    ticket_id = id_of(name)
    ticket = await view(work.pool, ticket_id, reader)
    lines = await history.lines(work.pool, ticket_id)
    return TicketStory(**{one.name: getattr(ticket, one.name) for one in fields(ticket)}, history=lines)


@router.post("/tickets/{name}/comment", status_code=201)
async def comment(name: str, comment: Comment, work: Work, writer: Writer) -> Line:
    ticket_id = id_of(name)
    async with work.begin() as unit:
        await view(unit.connection, ticket_id, writer)
        line = await history.comment(unit.connection, ticket_id, writer.who, comment.text, unit.business_now)
    if line is None:
        raise unknown(name)
    return line


@router.post("/tickets/{name}/resolve")
async def resolve(name: str, form: Resolved, work: Work, resolver: Resolver) -> TicketView:
    ticket_id = id_of(name)
    async with work.begin() as unit:
        try:
            await resolve_ticket(unit, ticket_id, partial(read, form), resolver.who)
        except UnknownTicket as error:
            raise unknown(ids.to_text(ticket_id)) from error
        except NotAllowed as error:
            raise Problem(409, error.code, "The ticket cannot be resolved.", str(error)) from error
        return await view(unit.connection, ticket_id, resolver)


async def view(database: Pool | Connection, ticket_id: int, reader: Principal) -> TicketView:
    """A ticket as people see it, without its history. Another partner's is as absent as none: Problem 404."""
    ticket = await listing.find(database, ticket_id)
    if ticket is None or not reader.may_see(ticket.partner_id):
        raise unknown(ids.to_text(ticket_id))
    return ticket


def id_of(name: str) -> int:
    """Raises Problem 404 for what is no ticket id of ours."""
    ticket_id = ids.from_text(name)
    if ticket_id is None:
        raise unknown(name)
    return ticket_id


def unknown(name: str) -> Problem:
    return Problem(
        404, "unknown-ticket", "There is no such ticket.", f"{quoted(name)} is no ticket; ids look like T-000123."
    )
