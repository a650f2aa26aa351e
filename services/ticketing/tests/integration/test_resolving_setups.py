"""People resolve a setup ticket over HTTP, and the saga hears of it by an event of its own."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from contracts.tickets import CancelSetupTicket, SetupResolution, SetupTicketResolved, TicketResolved

from .tickets import BUILT, SETUP, TRUNK_A, YESTERDAY, Deliver, Published, Resolve, Rows

pytestmark = pytest.mark.usefixtures("order", "setup")
TICKET = "T-000005"
DONE = {"outcome": "done", "activated_on": YESTERDAY}
CANNOT = {"outcome": "cannot-do", "reason": "Their platform is gone."}


@pytest.fixture
async def setup(order: None, deliver: Deliver) -> None:
    """The fifth ticket of an order with two trunks."""
    await deliver(SETUP)


@pytest.mark.parametrize(
    ("form", "resolution"),
    [
        (DONE, SetupResolution(ticket_id=TICKET, outcome="done", activated_on=date.fromisoformat(YESTERDAY))),
        (CANNOT, SetupResolution(ticket_id=TICKET, outcome="cannot-do", reason="Their platform is gone.")),
    ],
)
async def test_a_setup_is_resolved_and_told_to_the_saga_once(
    resolve: Resolve, published: Published, rows: Rows, form: dict[str, Any], resolution: SetupResolution
) -> None:
    answer = await resolve(TICKET, **form)
    assert (answer.status_code, answer.json()["kind"], answer.json()["state"]) == (200, "setup", "resolved")
    assert await published() == [
        SetupTicketResolved(order_id="o-1", partner_id="p-1", run=1, resolution=resolution, resolved_by="m.alvarez")
    ]
    again = await resolve(TICKET, **form)
    assert (again.status_code, again.json()) == (200, answer.json())
    assert await published() == []
    assert await rows("SELECT count(*) FROM history WHERE what = 'resolved'") == [(1,)]


async def test_a_setup_that_is_resolved_is_none_of_the_trunks(resolve: Resolve, published: Published) -> None:
    await resolve(TICKET, **DONE)
    await published()
    await resolve(TRUNK_A, **BUILT)
    (event,) = await published()
    assert isinstance(event, TicketResolved)
    assert (event.still_open, event.resolved) == (1, (event.ticket,))


async def test_a_setup_takes_what_only_a_trunk_must_say(resolve: Resolve) -> None:
    assert (await resolve(TICKET, **BUILT)).status_code == 200


@pytest.mark.parametrize(
    ("form", "pointer", "code"),
    [
        ({"outcome": "done"}, "/activated_on", "missing"),
        ({**BUILT, "activated_on": None}, "/activated_on", "missing"),
        ({"outcome": "done", "activated_on": "soon"}, "/activated_on", "not-a-date"),
        ({"outcome": "cannot-do"}, "/reason", "missing"),
        ({**CANNOT, "activated_on": YESTERDAY}, "/activated_on", "contradiction"),
    ],
)
async def test_a_form_that_does_not_prove_it_is_refused(
    resolve: Resolve, published: Published, http: httpx.AsyncClient, form: dict[str, Any], pointer: str, code: str
) -> None:
    answer = await resolve(TICKET, **form)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await published() == []
    assert (await http.get(f"/tickets/{TICKET}")).json()["state"] == "acknowledged"


@pytest.mark.parametrize(("days_from_now", "code"), [(-40, "too-early"), (2, "in-the-future")])
async def test_an_activation_that_cannot_have_been_is_refused_as_that_of_a_trunk(
    resolve: Resolve, days_from_now: int, code: str
) -> None:
    day = (datetime.now(UTC) + timedelta(days=days_from_now)).date()
    (fault,) = (await resolve(TICKET, outcome="done", activated_on=str(day))).json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/activated_on", code)
    (of_trunk,) = (await resolve(TRUNK_A, **{**BUILT, "activated_on": str(day)})).json()["errors"]
    assert fault["detail"].split(";")[0] == of_trunk["detail"].split(";")[0]


async def test_a_cancelled_setup_cannot_be_resolved(resolve: Resolve, deliver: Deliver, published: Published) -> None:
    await deliver(CancelSetupTicket(order_id="o-1", run=1), direction="undo")
    answer = await resolve(TICKET, **DONE)
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket-ended")
    assert await published() == []
