"""The commands about the setup ticket of an order, handled as they come from Kafka."""

import httpx

from contracts.message import Message
from contracts.tickets import (
    CancelSetupTicket,
    CancelTickets,
    CheckSetupTicket,
    CloseTickets,
    SetupResolution,
    SetupTicketCancelled,
    SetupTicketChecked,
    SetupTicketOpened,
    SetupTicketResolved,
    TicketsCancelled,
    TicketsClosed,
)
from ticketing.domain.opening import WITHHELD

from .tickets import SETUP, TWO_TRUNKS, YESTERDAY, Deliver, Published, Resolve, Rows

STEP = "open setup ticket"
FIRST = "T-000001"
STATES = "SELECT kind, state, run FROM tickets ORDER BY ticket_id"
HISTORY = "SELECT what, state FROM history ORDER BY history_id"
AGAIN = SETUP.model_copy(update={"run": 2, "summary": "Set up Toll Free", "details": (), "due": None})


async def set_up(deliver: Deliver, run: int = 1) -> list[Message]:
    return await deliver(SETUP if run == 1 else AGAIN, step=STEP)


async def undo(deliver: Deliver, run: int = 1) -> list[Message]:
    return await deliver(CancelSetupTicket(order_id="o-1", run=run, reason="Not wanted."), step=STEP, direction="undo")


async def checked(deliver: Deliver, run: int = 1) -> SetupResolution | None:
    (reply,) = await deliver(CheckSetupTicket(order_id="o-1", run=run), step="check", direction="ask")
    assert isinstance(reply, SetupTicketChecked)
    return reply.resolution


async def test_it_is_opened_once_with_its_body_and_without_secrets(deliver: Deliver, http: httpx.AsyncClient) -> None:
    for _ in range(2):
        assert await set_up(deliver) == [SetupTicketOpened(order_id="o-1", run=1, ticket_id=FIRST)]
    ticket = (await http.get(f"/tickets/{FIRST}")).json()
    assert (ticket["order_id"], ticket["item_id"], ticket["partner_id"]) == ("o-1", "", "p-1")
    assert (ticket["kind"], ticket["state"], ticket["due"]) == ("setup", "acknowledged", "2027-03-01")
    assert ticket["summary"] == "Set up Call Recording"
    assert ticket["details"] == [
        {"name": "Seats", "value": "4"},
        {"name": "Portal password", "value": WITHHELD},
    ]
    assert [(line["who"], line["what"]) for line in ticket["history"]] == [("order-intake", "opened")]


async def test_it_stands_beside_the_other_tickets_of_its_order(deliver: Deliver, http: httpx.AsyncClient) -> None:
    await deliver(TWO_TRUNKS)
    await set_up(deliver)
    found = (await http.get("/tickets?kind=setup")).json()
    assert [(one["ticket_id"], one["kind"]) for one in found] == [("T-000005", "setup")]


async def test_a_newer_run_gives_what_is_open_its_new_body(deliver: Deliver, rows: Rows) -> None:
    await set_up(deliver)
    assert await set_up(deliver, run=2) == [SetupTicketOpened(order_id="o-1", run=2, ticket_id=FIRST)]
    assert await rows("SELECT state, run, summary, details::text, due, time_zone FROM tickets") == [
        ("acknowledged", 2, "Set up Toll Free", "[]", None, "America/Denver")
    ]
    assert await rows(HISTORY) == [("opened", "acknowledged"), ("updated", "acknowledged")]


async def test_cancelled_it_comes_back_with_a_newer_run_only(deliver: Deliver, rows: Rows) -> None:
    await set_up(deliver)
    for _ in range(2):
        assert await undo(deliver) == [SetupTicketCancelled(order_id="o-1", run=1)]
    assert await rows(STATES) == [("setup", "cancelled", 1)]
    await deliver(SETUP, step="another step")
    assert await rows(STATES) == [("setup", "cancelled", 1)]
    await set_up(deliver, run=2)
    assert await rows(STATES) == [("setup", "acknowledged", 2)]
    assert [what for what, _ in await rows(HISTORY)] == ["opened", "cancelled", "reopened"]
    assert await rows("SELECT who, why FROM history WHERE what = 'cancelled'") == [("order-intake", "Not wanted.")]


async def test_a_cancel_leaves_alone_other_kinds_and_newer_runs(deliver: Deliver, rows: Rows) -> None:
    assert await undo(deliver) == [SetupTicketCancelled(order_id="o-1", run=1)]
    await deliver(TWO_TRUNKS)
    await set_up(deliver, run=2)
    await undo(deliver)
    assert {state for _, state, _ in await rows(STATES)} == {"acknowledged"}
    await undo(deliver, run=2)
    assert [kind for kind, state, _ in await rows(STATES) if state == "cancelled"] == ["setup"]


async def test_a_cancel_of_all_kinds_takes_it_too(deliver: Deliver) -> None:
    await set_up(deliver)
    replies = await deliver(CancelTickets(order_id="o-1", run=1), direction="undo")
    assert replies == [TicketsCancelled(order_id="o-1", run=1, tickets=(FIRST,))]


async def test_the_end_of_the_order_leaves_it_to_people(deliver: Deliver, rows: Rows) -> None:
    await set_up(deliver)
    replies = await deliver(CloseTickets(order_id="o-1", run=1), step="close tickets")
    assert replies == [TicketsClosed(order_id="o-1", run=1, tickets=())]
    assert await rows(STATES) == [("setup", "acknowledged", 1)]


async def test_a_check_tells_how_people_resolved_it_and_nothing_before(
    deliver: Deliver, resolve: Resolve, published: Published
) -> None:
    assert await checked(deliver) is None
    await set_up(deliver)
    assert await checked(deliver) is None
    await resolve(FIRST, outcome="done", activated_on=YESTERDAY)
    (event,) = await published()
    assert isinstance(event, SetupTicketResolved)
    assert await checked(deliver) == event.resolution


async def test_resolved_it_stays_so_when_its_run_is_taken_back_and_opens_again_for_a_newer_one(
    deliver: Deliver, resolve: Resolve, rows: Rows
) -> None:
    await set_up(deliver)
    await resolve(FIRST, outcome="done", activated_on=YESTERDAY)
    await undo(deliver)
    assert await rows(STATES) == [("setup", "resolved", 1)]
    await set_up(deliver, run=2)
    assert await rows(STATES) == [("setup", "acknowledged", 2)]
    assert await checked(deliver, run=2) is None
    ((why,),) = await rows("SELECT why FROM history WHERE what = 'reopened'")
    assert f"as done: activated on {YESTERDAY}" in why
