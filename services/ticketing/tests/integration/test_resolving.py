"""People resolve tickets over HTTP, and the saga hears of it from the same transaction."""

import asyncio
from functools import partial

import pytest

from chassis.messaging.unit import Unit
from chassis.runtime.database import Pool
from contracts.tickets import CancelTickets, CheckTickets, CloseTickets, TicketResolved, TicketsChecked
from testkit.time import eventually
from ticketing.api.forms import read
from ticketing.application.resolution import resolve_ticket

from .tickets import BUILT, E911, ORDER, TRUNK_A, TRUNK_B, YESTERDAY, Deliver, Published, Resolve, Rows

pytestmark = pytest.mark.usefixtures("order")


async def test_a_proved_trunk_is_resolved_and_told_to_the_saga(resolve: Resolve, published: Published) -> None:
    answer = await resolve(TRUNK_A, **BUILT)
    assert answer.status_code == 200
    assert answer.json()["state"] == "resolved"
    assert answer.json()["resolution"] == {
        **BUILT,
        "reason": "",
        "resolved_by": "m.alvarez",
        "resolved_at": answer.json()["resolution"]["resolved_at"],
    }
    (event,) = await published()
    assert isinstance(event, TicketResolved)
    assert (event.order_id, event.partner_id, event.resolved_by, event.still_open) == ("o-1", "p-1", "m.alvarez", 1)
    assert event.resolved == (event.ticket,)
    assert str(event.ticket.activated_on) == YESTERDAY


async def test_the_last_trunk_tells_that_none_is_open(resolve: Resolve, published: Published) -> None:
    await resolve(TRUNK_A, **BUILT)
    await resolve(TRUNK_B, outcome="cannot-do", reason="The PBX has no SIP.")
    _, event = await published()
    assert isinstance(event, TicketResolved)
    assert event.still_open == 0
    assert [(one.ticket_id, one.outcome, one.reason) for one in event.resolved] == [
        (TRUNK_A, "done", ""),
        (TRUNK_B, "cannot-do", "The PBX has no SIP."),
    ]


async def test_a_check_answers_what_the_events_told(resolve: Resolve, published: Published, deliver: Deliver) -> None:
    await resolve(TRUNK_A, **BUILT)
    (event,) = await published()
    (reply,) = await deliver(CheckTickets(order_id="o-1", run=1), step="wait", direction="ask")
    assert isinstance(event, TicketResolved)
    assert isinstance(reply, TicketsChecked)
    assert (reply.open, reply.resolved) == (event.still_open, event.resolved)


async def test_of_two_people_who_resolve_the_last_two_the_second_sees_the_first(
    resolve: Resolve, published: Published, pool: Pool
) -> None:
    async with pool.acquire() as connection, connection.transaction():
        unit = Unit(connection, "ticketing")
        await resolve_ticket(unit, 2, partial(read, BUILT), "r.chen")
        second = asyncio.ensure_future(resolve(TRUNK_B, **BUILT))
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        await eventually(partial(pool.fetchval, waiting))
        await unit.flush()
    await second
    events = await published()
    assert [event.still_open for event in events if isinstance(event, TicketResolved)] == [1, 0]


async def test_a_follow_up_is_resolved_without_proof(resolve: Resolve, published: Published) -> None:
    assert (await resolve(E911, outcome="done")).status_code == 200
    (event,) = await published()
    assert isinstance(event, TicketResolved)
    assert (event.ticket.kind, event.still_open, event.resolved) == ("e911", 2, ())


async def test_the_same_form_again_gets_the_same_answer_and_is_not_told_again(
    resolve: Resolve, published: Published, rows: Rows
) -> None:
    first = await resolve(TRUNK_A, **BUILT)
    await published()
    second = await resolve(TRUNK_A, **BUILT)
    assert (second.status_code, second.json()) == (200, first.json())
    assert await published() == []
    assert await rows("SELECT count(*) FROM history WHERE what = 'resolved'") == [(1,)]


async def test_another_form_for_a_resolved_ticket_is_a_conflict(resolve: Resolve, published: Published) -> None:
    await resolve(TRUNK_A, **BUILT)
    answer = await resolve(TRUNK_A, outcome="cannot-do", reason="It broke.")
    assert (answer.status_code, answer.json()["code"]) == (409, "resolved-otherwise")
    assert len(await published()) == 1


async def test_a_cancelled_ticket_cannot_be_resolved(resolve: Resolve, deliver: Deliver, published: Published) -> None:
    await deliver(CancelTickets(order_id="o-1", run=1), direction="undo")
    answer = await resolve(TRUNK_A, **BUILT)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket-ended")
    assert await published() == []


async def test_a_closed_ticket_cannot_be_resolved(resolve: Resolve, deliver: Deliver) -> None:
    await deliver(CloseTickets(order_id="o-1", run=1), step="close tickets")
    assert (await resolve(E911, outcome="done")).status_code == 409


async def test_the_order_ticket_is_not_resolved_by_people(resolve: Resolve) -> None:
    answer = await resolve(ORDER, outcome="done")
    assert (answer.status_code, answer.json()["code"]) == (409, "order-ticket")
