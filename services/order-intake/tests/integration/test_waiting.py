"""Past the pivot an order waits for people and for stock, visibly, and what is lost on the way is asked for."""

import httpx
import pytest

from chassis.saga import progress as progresses
from contracts.catalog import BillDelivered, DiscardCharges
from contracts.numbers import BackorderAdvanced, CheckBackorder
from contracts.tickets import (
    CheckSetupTicket,
    CheckTickets,
    CloseTickets,
    SetupTicketChecked,
    SetupTicketResolved,
    TicketResolved,
    TicketsChecked,
)

from ..builders import ACTIVATED, BACKORDER, FOR_TRUNKING, NOW, PLAIN, SEATS, TRUNK, UNITY, delivered, resolved, set_up
from .desk import Desk

pytestmark = pytest.mark.integration


async def test_a_mixed_order_with_a_backorder_waits_for_people_and_stock(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, items=(SEATS, TRUNK), numbers=(PLAIN, FOR_TRUNKING), number_searches=(BACKORDER,))
    assert await desk.carry_on() == []
    shown = (await ada.get(f"/orders/{order_id}")).json()
    assert (shown["state"], shown["reason"]) == ("inProgress", "waiting for backorder and trunking tickets")
    assert [one["state"] for one in shown["items"]] == ["completed", "inProgress"]
    ticket = resolved("done", "2")
    told = {"order_id": order_id, "partner_id": "p-ada", "run": 1}
    await desk.tell(
        TicketResolved(**told, ticket=ticket, resolved_by="r.chen", still_open=0, resolved=(ticket,)), "t-1"
    )
    assert (await desk.row(order_id))["reason"] == "waiting for backorder"
    asked = await desk.commands()
    assert [one.texts["ce_step"] for one in asked] == ["assign trunk numbers", "bill what is delivered"]
    await desk.answer(*asked)
    advanced = BackorderAdvanced(**told, numbers=delivered(), missing=0, advanced_at=NOW)
    await desk.tell(advanced, "b-1")
    asked = await desk.commands()
    assert [one.texts["ce_step"] for one in asked] == ["add backordered numbers", "bill what is delivered"]
    assert (await desk.row(order_id))["reason"] == ""
    await desk.answer(*asked)
    (close,) = await desk.commands()
    assert isinstance(close.message, CloseTickets)
    await desk.answer(close)
    shown = (await ada.get(f"/orders/{order_id}")).json()
    assert (shown["state"], [one["state"] for one in shown["items"]]) == ("completed", ["completed", "completed"])
    assert len(shown["numbers"]["delivered"]) == 3
    assert shown["charges"]["posted"] == {"lines": 3, "amount": "30.00"}


async def test_an_order_of_which_people_cannot_build_a_trunk_ends_partial(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, items=(SEATS, TRUNK))
    await desk.carry_on()
    ticket = resolved("cannot-do", "2")
    told = {"order_id": order_id, "partner_id": "p-ada", "run": 1, "resolved_by": "r.chen"}
    await desk.tell(TicketResolved(**told, ticket=ticket, still_open=0, resolved=(ticket,)), "t-1")
    await desk.carry_on()
    shown = (await ada.get(f"/orders/{order_id}")).json()
    assert (shown["state"], shown["final"]) == ("partial", True)
    assert [one["state"] for one in shown["items"]] == ["completed", "failed"]
    assert (await desk.account(order_id))["status"] == "active"


async def test_an_order_of_which_nothing_can_be_built_has_failed_and_gives_its_numbers_back(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada, items=(TRUNK,), numbers=(FOR_TRUNKING,))
    await desk.carry_on()
    ticket = resolved("cannot-do")
    told = {"order_id": order_id, "partner_id": "p-ada", "run": 1, "resolved_by": "r.chen"}
    await desk.tell(TicketResolved(**told, ticket=ticket, still_open=0, resolved=(ticket,)), "t-1")
    await desk.carry_on()
    shown = (await ada.get(f"/orders/{order_id}")).json()
    assert (shown["state"], shown["final"], shown["reason"]) == ("failed", True, "T-000002: no such address")
    numbers = shown["numbers"]
    assert (numbers["reserved"], [one["number"] for one in numbers["returned"]]) == ([], [FOR_TRUNKING.number])
    assert (shown["charges"]["posted"], len(desk.sent(DiscardCharges)), desk.sent(BillDelivered)) == (None, 1, [])


async def test_what_people_set_up_elsewhere_is_waited_for_and_asked_for(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, items=(SEATS, UNITY))
    await desk.carry_on()
    shown = (await ada.get(f"/orders/{order_id}")).json()
    assert (shown["state"], shown["reason"]) == ("inProgress", "waiting for setup elsewhere")
    (ask,) = await desk.time_out(order_id)
    assert isinstance(ask.message, CheckSetupTicket)
    checked = SetupTicketChecked(order_id=order_id, run=1, resolution=set_up())
    await desk.deliver(desk.reply(ask, checked))
    (bill,) = await desk.commands()
    assert isinstance(bill.message, BillDelivered)
    assert (bill.message.items, bill.message.on) == (("2",), ACTIVATED)
    event = SetupTicketResolved(order_id=order_id, partner_id="p-ada", run=1, resolution=set_up(), resolved_by="r.chen")
    await desk.tell(event, "s-1")
    await desk.answer(bill)
    await desk.carry_on()
    assert (await desk.state(order_id), len(desk.sent(BillDelivered))) == ("completed", 2)


async def test_who_waits_asks_and_the_answer_heals_a_lost_event(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, items=(TRUNK,), number_searches=(BACKORDER,))
    await desk.carry_on()
    asks = await desk.time_out(order_id)
    assert {type(one.message) for one in asks} == {CheckTickets, CheckBackorder}
    assert {one.texts["ce_direction"] for one in asks} == {"ask"}
    progress = progresses.decode((await desk.row(order_id))["progress"])
    assert progress.due is not None
    tickets = next(one for one in asks if isinstance(one.message, CheckTickets))
    done = TicketsChecked(order_id=order_id, run=1, open=0, resolved=(resolved(),))
    await desk.deliver(desk.reply(tickets, done))
    assert (await desk.row(order_id))["reason"] == "waiting for backorder"
