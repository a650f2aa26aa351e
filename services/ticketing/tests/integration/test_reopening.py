"""What people have resolved, when the order is taken back and run again."""

import httpx
import pytest

from contracts.tickets import (
    CancelTickets,
    CheckTickets,
    OpenTickets,
    TicketRequest,
    TicketResolved,
    TicketsChecked,
    TicketsOpened,
)

from .tickets import BUILT, TRUNK_A, TRUNK_B, YESTERDAY, Deliver, Published, Resolve, Rows

pytestmark = pytest.mark.usefixtures("order")


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
    assert f"done: trunk group HSD Trunk 1; activated on {YESTERDAY}; numbers confirmed; Second visit." in last["why"]
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
