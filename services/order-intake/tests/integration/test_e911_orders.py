"""The 911 gate in the database: an order without a location waits, and goes on when it is given and 48 hours are."""

import json
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chassis.saga import progress as progresses
from chassis.saga.progress import decode
from contracts.broadsoft import ProvisionGroup
from contracts.orders import E911, Address
from contracts.tickets import OpenTickets

from ..builders import MAIN_STREET, MARKET_STREET
from .desk import Desk

pytestmark = pytest.mark.integration
LATER = E911()


async def give(client: httpx.AsyncClient, order_id: str, location: Address = MAIN_STREET) -> httpx.Response:
    return await client.put(f"/orders/{order_id}/e911-location", json=location.model_dump())


@pytest.fixture
async def pending(desk: Desk, ada: httpx.AsyncClient) -> str:
    """An order that waits at the gate for its location."""
    order_id = await desk.submit(ada, e911=LATER)
    await desk.carry_on()
    return order_id


async def test_an_order_without_a_location_is_pending_and_somebody_is_told(
    desk: Desk, ada: httpx.AsyncClient, pending: str
) -> None:
    found = (await ada.get(f"/orders/{pending}")).json()
    assert (found["state"], found["reason"]) == ("pending", "the 911 location is missing")
    assert [one["state"] for one in found["items"]] == ["pending"]
    (tickets,) = desk.sent(OpenTickets)
    assert [one.kind for one in tickets.tickets] == ["e911"]
    assert desk.sent(ProvisionGroup) == []
    assert (await desk.row(pending))["due"] is None


async def test_a_location_48_hours_before_activation_lets_it_go_on(
    desk: Desk, ada: httpx.AsyncClient, pending: str
) -> None:
    answer = await give(ada, pending)
    assert (answer.status_code, answer.json()["state"]) == (200, "inProgress")
    await desk.carry_on()
    assert await desk.state(pending) == "completed"
    assert json.loads((await desk.row(pending))["subject"])["form"]["e911"]["location"] == MAIN_STREET.model_dump()


async def test_a_location_that_comes_before_the_gate_is_not_waited_for(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, e911=LATER)
    assert (await give(ada, order_id)).json()["state"] == "acknowledged"
    await desk.carry_on()
    assert await desk.state(order_id) == "completed"


async def test_a_location_that_is_too_late_holds_the_order_until_48_hours_have_gone(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada, e911=LATER, requested_activation=datetime.now(UTC) + timedelta(hours=47))
    await desk.carry_on()
    found = (await give(ada, order_id)).json()
    assert found["state"] == "held"
    row = await desk.row(order_id)
    accepted = datetime.fromisoformat(json.loads(row["subject"])["location_accepted_at"])
    assert await desk.due(order_id) == accepted + timedelta(hours=48)
    assert (accepted + timedelta(hours=48)).isoformat() in found["reason"]
    await accepted_two_days_ago(desk, order_id)
    await desk.wake()
    assert {type(one.message) for one in await desk.commands()} == {ProvisionGroup, OpenTickets}
    assert await desk.state(order_id) == "inProgress"


async def accepted_two_days_ago(desk: Desk, order_id: str) -> None:
    then = (datetime.now(UTC) - timedelta(hours=48)).isoformat()
    sql = """UPDATE orders SET subject = jsonb_set(subject::jsonb, '{location_accepted_at}', to_jsonb($2::text))::text
             WHERE order_id = $1"""
    await desk.pool.execute(sql, order_id, then)
    await desk.overdue(order_id)


async def test_the_gate_stays_shut_while_the_hours_have_not_gone(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, requested_activation=None)
    await desk.carry_on()
    assert await desk.state(order_id) == "held"
    await desk.overdue(order_id)
    await desk.wake()
    assert await desk.commands() == []
    due = await desk.due(order_id)
    assert due is not None
    assert due > datetime.now(UTC) + timedelta(hours=47)


async def test_another_location_restarts_the_48_hours_and_the_same_does_not(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, requested_activation=None)
    await desk.carry_on()
    first = await desk.row(order_id)
    assert (await give(ada, order_id, MARKET_STREET)).status_code == 200
    assert await desk.row(order_id) == first
    assert (await give(ada, order_id, MAIN_STREET)).status_code == 200
    held_until = [decode(row["progress"]).held_until for row in (first, await desk.row(order_id))]
    assert held_until[0] < held_until[1]


async def test_beyond_the_gate_no_other_location_slips_in(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.carry_on(until=ProvisionGroup)
    before = await desk.row(order_id)
    answer = await give(ada, order_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "too-late")
    await desk.carry_on()
    assert (await give(ada, order_id)).status_code == 409
    assert json.loads((await desk.row(order_id))["subject"])["form"] == json.loads(before["subject"])["form"]


async def test_a_place_that_nobody_finds_is_refused_with_every_fault(
    desk: Desk, ada: httpx.AsyncClient, pending: str
) -> None:
    before = await desk.row(pending)
    nowhere = MAIN_STREET.model_copy(update={"street": "PO Box 5", "state": "ZZ"})
    answer = await give(ada, pending, nowhere)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/state", "unknown-state"),
        ("/street", "not-a-place"),
    ]
    assert await desk.row(pending) == before


@pytest.mark.parametrize("field", ["street", "city", "unit"])
async def test_a_location_with_a_character_that_nobody_keeps_is_refused(
    desk: Desk, ada: httpx.AsyncClient, pending: str, field: str
) -> None:
    answer = await give(ada, pending, MAIN_STREET.model_copy(update={field: "5 Main\0 St"}))
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == [f"/{field}"]
    assert await desk.state(pending) == "pending"


async def test_a_location_for_an_order_without_911_makes_it_wait_like_any_other(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    mute = E911(required=False, reason="no_outbound")
    order_id = await desk.submit(ada, e911=mute, requested_activation=None)
    await give(ada, order_id)
    await desk.carry_on()
    assert await desk.state(order_id) == "held"


async def test_what_an_operator_gives_is_written_down(desk: Desk, operator: httpx.AsyncClient, pending: str) -> None:
    assert (await give(operator, pending)).status_code == 200
    rows = await desk.pool.fetch("SELECT who, order_id FROM operator_actions")
    assert [tuple(row) for row in rows] == [("m.alvarez", pending)]


async def test_the_time_line_tells_when_the_location_was_accepted(
    desk: Desk, ada: httpx.AsyncClient, pending: str
) -> None:
    await give(ada, pending)
    lines = progresses.decode((await desk.row(pending))["progress"]).timeline
    assert [one.what for one in lines if one.what in ("held", "911 location accepted")] == [
        "held",
        "911 location accepted",
    ]
