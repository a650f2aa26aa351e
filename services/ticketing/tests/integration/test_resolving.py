"""People resolve tickets over HTTP, and the saga hears of it from the same transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import httpx
import pytest

from chassis.runtime.database import Pool
from chassis.messaging.unit import Unit
from testkit.time import eventually
from contracts.message import Message
from contracts.tickets import (
    CancelTickets,
    CheckTickets,
    CloseTickets,
    OpenTickets,
    TicketRequest,
    TicketResolved,
    TicketsChecked,
    TicketsOpened,
)
from ticketing.api import settle

from .conftest import Deliver, Rows

pytestmark = pytest.mark.integration
Published = Callable[[], Awaitable[list[Message]]]
BUILT = {
    "outcome": "done",
    "activated_on": "2026-03-01",
    "trunk_group": "HSD Trunk 1",
    "numbers_confirmed": True,
    "note": "Second visit.",
}
ORDER, TRUNK_A, TRUNK_B, E911 = ("T-000001", "T-000002", "T-000003", "T-000004")


@pytest.fixture(autouse=True)
async def order(deliver: Deliver) -> None:
    """One order with two trunks and no 911 location yet."""
    requests = (
        TicketRequest(kind="order", summary="Order 417"),
        TicketRequest(kind="trunking", item_id="1", summary="Build trunk A"),
        TicketRequest(kind="trunking", item_id="2", summary="Build trunk B"),
        TicketRequest(kind="e911", summary="Ask for the 911 location"),
    )
    await deliver(OpenTickets(order_id="o-1", run=1, partner_id="p-1", tickets=requests))


@pytest.fixture
def resolve(http: httpx.AsyncClient) -> Callable[..., Awaitable[httpx.Response]]:
    async def send(ticket_id: str, **form: Any) -> httpx.Response:
        return await http.post(f"/tickets/{ticket_id}/resolve", json=form)

    return send


Resolve = Callable[..., Awaitable[httpx.Response]]


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
    assert str(event.ticket.activated_on) == "2026-03-01"


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
        await settle(unit, 2, BUILT, "r.chen")
        second = asyncio.ensure_future(resolve(TRUNK_B, **BUILT))
        waiting = (
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        await eventually(partial(pool.fetchval, waiting))
        await unit.flush()
    await second
    events = await published()
    assert [event.still_open for event in events if isinstance(event, TicketResolved)] == [1, 0]


async def test_all_faults_come_at_once_and_nothing_is_changed(
    resolve: Resolve, published: Published, http: httpx.AsyncClient
) -> None:
    answer = await resolve(TRUNK_A, outcome="done", activated_on="tomorrow", numbers_confirmed="yes", trunk="A")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {fault["pointer"]: fault["code"] for fault in answer.json()["errors"]} == {
        "/activated_on": "date_parsing",
        "/numbers_confirmed": "bool_type",
        "/trunk": "extra_forbidden",
        "/trunk_group": "missing",
    }
    assert await published() == []
    assert (await http.get(f"/tickets/{TRUNK_A}")).json()["state"] == "acknowledged"


@pytest.mark.parametrize(
    ("form", "pointers"),
    [
        ({}, ["/outcome"]),
        ({"outcome": "perhaps"}, ["/outcome"]),
        ({"outcome": "done"}, ["/activated_on", "/trunk_group", "/numbers_confirmed"]),
        ({**BUILT, "numbers_confirmed": False}, ["/numbers_confirmed"]),
        ({**BUILT, "trunk_group": "  "}, ["/trunk_group"]),
        ({**BUILT, "activated_on": "9999-12-31"}, ["/activated_on"]),
        ({**BUILT, "activated_on": 20260301}, ["/activated_on"]),
        ({**BUILT, "note": "\x00"}, ["/note"]),
        ({**BUILT, "reason": None}, ["/reason"]),
        ({"outcome": "cannot-do", "reason": " "}, ["/reason"]),
    ],
)
async def test_a_form_without_proof_is_refused(resolve: Resolve, form: dict[str, Any], pointers: list[str]) -> None:
    answer = await resolve(TRUNK_A, **form)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"outcome": ', 400),
        (b"[1]", 422),
        (b'{"outcome": "done", "note": "\\ud800"}', 422),
        (b'{"outcome": "done", "activated_on": NaN}', 422),
        (b'{"outcome": "done", "": 1}', 422),
        (b'{"outcome": "done", "a/b": 1, "trunk_group": {"b": 1}}', 422),
    ],
)
async def test_a_body_that_is_no_form_is_a_problem(http: httpx.AsyncClient, body: bytes, status: int) -> None:
    answer = await http.post(f"/tickets/{E911}/resolve", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["errors"]


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


async def test_a_resolved_ticket_stays_resolved_when_its_order_is_taken_back(
    resolve: Resolve, deliver: Deliver, rows: Rows
) -> None:
    await resolve(TRUNK_A, **BUILT)
    await deliver(CancelTickets(order_id="o-1", run=1), direction="undo")
    states = await rows("SELECT state FROM tickets ORDER BY ticket_id")
    assert states == [("cancelled",), ("resolved",), ("cancelled",), ("cancelled",)]


async def test_a_resolved_trunk_opens_again_for_a_newer_run_and_wants_a_new_proof(
    resolve: Resolve, deliver: Deliver, published: Published, http: httpx.AsyncClient
) -> None:
    await resolve(TRUNK_A, **BUILT)
    await resolve(TRUNK_B, outcome="cannot-do", reason="The PBX has no SIP.")
    await published()
    await deliver(CancelTickets(order_id="o-1", run=1), direction="undo")
    (opened,) = await deliver(again(run=2))
    assert isinstance(opened, TicketsOpened)
    assert [one.ticket_id for one in opened.tickets] == [TRUNK_A, TRUNK_B]
    assert await standing(deliver) == TicketsChecked(order_id="o-1", run=2, open=2, resolved=())
    shown = (await http.get(f"/tickets/{TRUNK_A}")).json()
    assert (shown["state"], shown["run"], shown["resolution"]) == ("acknowledged", 2, None)
    assert shown["summary"] == "Build trunk 1 otherwise"
    last = shown["history"][-1]
    assert (last["who"], last["what"]) == ("order-intake", "reopened")
    assert "m.alvarez had resolved it on " in last["why"]
    assert "done: trunk group HSD Trunk 1; activated on 2026-03-01; numbers confirmed; Second visit." in last["why"]
    why = (await http.get(f"/tickets/{TRUNK_B}")).json()["history"][-1]["why"]
    assert "as cannot-do: The PBX has no SIP." in why


async def test_a_reopened_trunk_is_resolved_anew_and_told_to_the_saga_again(
    resolve: Resolve, deliver: Deliver, published: Published
) -> None:
    await resolve(TRUNK_A, outcome="cannot-do", reason="The PBX has no SIP.")
    await published()
    await deliver(again(run=2))
    assert (await resolve(TRUNK_A, **BUILT)).status_code == 200
    (event,) = await published()
    assert isinstance(event, TicketResolved)
    assert (event.ticket.ticket_id, event.ticket.outcome, event.still_open) == (TRUNK_A, "done", 1)
    assert event.resolved == (event.ticket,)


@pytest.mark.parametrize("run", [1, 2])
async def test_a_trunk_resolved_in_this_run_stays_resolved_when_it_is_asked_for_again(
    resolve: Resolve, deliver: Deliver, run: int
) -> None:
    await deliver(again(run=2))
    await resolve(TRUNK_A, **BUILT)
    await deliver(again(run=run))
    checked = await standing(deliver)
    assert (checked.open, [one.ticket_id for one in checked.resolved]) == (1, [TRUNK_A])


def again(run: int) -> OpenTickets:
    """What an edited order asks for."""
    trunks = (
        TicketRequest(kind="trunking", item_id=item, summary=f"Build trunk {item} otherwise") for item in ("1", "2")
    )
    return OpenTickets(order_id="o-1", run=run, partner_id="p-1", tickets=tuple(trunks))


async def standing(deliver: Deliver) -> TicketsChecked:
    (checked,) = await deliver(CheckTickets(order_id="o-1", run=2), step="check", direction="ask")
    assert isinstance(checked, TicketsChecked)
    return checked
