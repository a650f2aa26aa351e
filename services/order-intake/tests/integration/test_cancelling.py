"""A cancel before the pivot takes everything back; after it, it is refused with the reason."""

import asyncio

import httpx
import pytest

from contracts.broadsoft import GroupRemoved, ProvisionGroup
from contracts.catalog import BillDelivered, DiscardCharges, OrderNotPriceable
from contracts.orders import E911, OrderFallout, OrderStateChanged

from ..builders import PLAIN
from .desk import Desk

pytestmark = pytest.mark.integration
REASON = {"reason": "The customer went elsewhere."}


async def cancel(client: httpx.AsyncClient, order_id: str) -> httpx.Response:
    return await client.post(f"/orders/{order_id}/cancel", json=REASON)


async def test_a_cancel_before_anything_was_answered_undoes_all_that_was_asked(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    await desk.commands()
    answer = await cancel(ada, order_id)
    assert (answer.status_code, answer.json()["state"]) == (202, "pendingCancellation")
    assert answer.json()["reason"] == "cancelled: The customer went elsewhere."
    undos = await desk.commands()
    assert [one.envelope.id for one in undos] == [
        f"{order_id}:1:price-order:undo:1",
        f"{order_id}:1:reserve-numbers:undo:1",
    ]
    await desk.answer(*undos)
    row = await desk.row(order_id)
    assert (row["state"], row["phase"]) == ("cancelled", "compensated")
    assert row["ended_at"] is not None
    await desk.published()
    assert [one.state for one in desk.sent(OrderStateChanged)] == [
        "inProgress",
        "assessingCancellation",
        "pendingCancellation",
        "cancelled",
    ]
    assert desk.sent(OrderFallout) == []


async def test_a_cancelled_order_gives_its_names_back(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await cancel(ada, order_id)
    assert (await desk.account(order_id))["status"] == "ordered"
    await desk.carry_on()
    assert (await desk.account(order_id))["status"] == "withdrawn"
    assert await desk.submit(ada, external_id="PO-2")


async def test_a_group_that_is_being_built_is_taken_back_before_the_price(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.carry_on(until=ProvisionGroup)
    await cancel(ada, order_id)
    undos = await desk.commands()
    assert {one.texts["ce_step"] for one in undos} == {"provision group", "open tickets"}
    await desk.answer(undos[0])
    assert await desk.commands() == []
    await desk.answer(undos[1])
    assert isinstance((await desk.command(DiscardCharges)).message, DiscardCharges)


async def test_an_answer_that_crosses_the_cancel_changes_nothing(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    await cancel(ada, order_id)
    await desk.published()
    before = await desk.row(order_id)
    await desk.answer(price)
    assert await desk.row(order_id) == before
    assert await desk.published() == []


async def test_a_cancel_past_the_pivot_is_refused_with_the_reason(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.carry_on(until=BillDelivered)
    before = await desk.row(order_id)
    answer = await cancel(ada, order_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "past-the-pivot")
    assert "order a disconnect instead" in answer.json()["detail"]
    assert await desk.row(order_id) == before
    assert await desk.published() == []


@pytest.mark.parametrize("end", ["completed", "cancelled"])
async def test_what_has_ended_cannot_be_cancelled(desk: Desk, ada: httpx.AsyncClient, end: str) -> None:
    order_id = await desk.submit(ada)
    if end == "cancelled":
        await cancel(ada, order_id)
    await desk.carry_on()
    answer = await cancel(ada, order_id)
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (409, "ended", f"It is {end}.")


async def test_a_second_cancel_changes_nothing(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await cancel(ada, order_id)
    await desk.published()
    before = await desk.row(order_id)
    assert (await cancel(ada, order_id)).status_code == 202
    assert await desk.row(order_id) == before
    assert await desk.published() == []


async def test_two_cancels_at_once_undo_once(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.published()
    answers = await asyncio.gather(cancel(ada, order_id), cancel(ada, order_id))
    assert [one.status_code for one in answers] == [202, 202]
    assert len(await desk.commands()) == 1


async def test_an_order_that_waits_for_its_911_location_can_be_cancelled(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, e911=E911())
    await desk.carry_on()
    assert await desk.state(order_id) == "pending"
    await cancel(ada, order_id)
    await desk.carry_on()
    assert await desk.state(order_id) == "cancelled"


async def test_a_cancel_while_a_failure_is_undone_ends_cancelled(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    price, reserve = await desk.commands()
    await desk.answer(reserve)
    await desk.refuse(price, OrderNotPriceable)
    assert (await cancel(ada, order_id)).status_code == 202
    await desk.carry_on()
    assert await desk.state(order_id) == "cancelled"
    assert desk.sent(OrderFallout) == []


async def test_a_cancel_of_a_dead_letter_is_not_said_to_be_done(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient, fallen: str
) -> None:
    for client in (ada, operator):
        answer = await cancel(client, fallen)
        assert (answer.status_code, answer.json()["code"]) == (409, "taken-back")
    assert await desk.state(fallen) == "held"
    assert await desk.pool.fetchval("SELECT count(*) FROM operator_actions") == 0


async def test_a_replayed_order_can_be_cancelled(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient, fallen: str
) -> None:
    await desk.published()
    await operator.post(f"/dead-letters/{fallen}-1/replay", json={"why": "Again."})
    await cancel(ada, fallen)
    await desk.carry_on()
    assert await desk.state(fallen) == "cancelled"
    assert (await desk.account(fallen))["status"] == "withdrawn"


async def test_a_cancel_by_an_operator_is_written_down_and_one_by_a_portal_is_not(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    mine = await desk.submit(ada)
    other = await desk.submit(ada, external_id="PO-2", enterprise="Other")
    await cancel(ada, mine)
    await cancel(operator, other)
    rows = await desk.pool.fetch("SELECT who, action, why, order_id FROM operator_actions")
    assert [tuple(row) for row in rows] == [("m.alvarez", "cancel", REASON["reason"], other)]


@pytest.mark.parametrize("reason", ["", "x" * 501])
async def test_a_cancel_needs_a_reason(desk: Desk, ada: httpx.AsyncClient, reason: str) -> None:
    order_id = await desk.submit(ada)
    answer = await ada.post(f"/orders/{order_id}/cancel", json={"reason": reason})
    assert answer.status_code == 422
    assert await desk.state(order_id) == "acknowledged"


async def test_an_undo_that_took_back_nothing_is_good_enough(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.carry_on(until=ProvisionGroup)
    await cancel(ada, order_id)
    undos = await desk.commands()
    nothing = GroupRemoved(order_id=order_id, run=1, effects=0)
    await desk.deliver(desk.reply(undos[0], nothing))
    await desk.answer(*undos[1:])
    await desk.carry_on()
    assert await desk.state(order_id) == "cancelled"
