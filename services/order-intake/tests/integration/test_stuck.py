"""An undo that keeps failing leaves the order stuck, visibly, and an operator lets it try again."""

import httpx
import pytest

from contracts.catalog import DiscardCharges, OrderNotPriceable
from contracts.errors import CommandFailed
from contracts.message import Command, Reply
from contracts.numbers import ReleaseNumbers
from contracts.orders import OrderFallout
from order_intake.domain.provisioning import PROVISION_ORDER

from ..builders import PLAIN
from .desk import Desk, Letter

pytestmark = pytest.mark.integration
WHY = {"why": "The inventory is back."}
TRIES = PROVISION_ORDER.step("reserve numbers").tries


async def silent_undo(desk: Desk, order_id: str) -> None:
    """Nobody answers until the engine gives up."""
    for _ in range(TRIES):
        await desk.time_out(order_id)


@pytest.fixture
async def stuck(desk: Desk, ada: httpx.AsyncClient) -> str:
    """An order whose refusal could not be undone: its numbers are not released."""
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    price, reserve = await desk.commands()
    await desk.answer(reserve)
    await desk.refuse(price, OrderNotPriceable, "unknown-package", "Nobody sells that.")
    await desk.commands()
    await silent_undo(desk, order_id)
    return order_id


async def resume(client: httpx.AsyncClient, order_id: str) -> httpx.Response:
    return await client.post(f"/orders/{order_id}/resume", json=WHY)


async def test_a_stuck_order_is_held_for_all_to_see(desk: Desk, ada: httpx.AsyncClient, stuck: str) -> None:
    found = (await ada.get(f"/orders/{stuck}")).json()
    assert (found["state"], found["saga"]["phase"], found["saga"]["due"]) == ("held", "stuck", None)
    assert found["timeline"][-1]["what"] == "stuck"
    assert f"no answer to 'reserve numbers' after {TRIES} tries" in found["timeline"][-1]["detail"]
    assert desk.sent(OrderFallout) == []
    await desk.wake()
    assert await desk.published() == []


async def test_a_resumed_undo_is_asked_anew_and_ends_as_it_should(
    desk: Desk, operator: httpx.AsyncClient, stuck: str
) -> None:
    answer = await resume(operator, stuck)
    assert (answer.status_code, answer.json()) == (202, {"id": stuck})
    undo = await desk.command(ReleaseNumbers)
    assert undo.envelope.id == f"{stuck}:1:reserve-numbers:undo:2"
    assert await desk.state(stuck) == "inProgress"
    await desk.answer(undo)
    assert await desk.state(stuck) == "held"
    await desk.published()
    (fallout,) = desk.sent(OrderFallout)
    assert (fallout.code, fallout.step) == ("unknown-package", "price order")
    assert "resumed" in [line.what for line in fallout.story]


async def test_a_resume_is_written_down(desk: Desk, operator: httpx.AsyncClient, stuck: str) -> None:
    await resume(operator, stuck)
    rows = await desk.pool.fetch("SELECT who, action, why, order_id FROM operator_actions")
    assert [tuple(row) for row in rows] == [("m.alvarez", "resume", WHY["why"], stuck)]


async def test_what_is_not_stuck_is_not_resumed(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada)
    await desk.published()
    running, nobodys = await resume(operator, order_id), await resume(operator, "no-such-order")
    assert (running.status_code, running.json()["code"]) == (409, "not-possible")
    assert nobodys.status_code == 404
    assert await desk.published() == []
    assert await desk.pool.fetchval("SELECT count(*) FROM operator_actions") == 0


async def test_a_late_answer_does_not_move_a_stuck_order(desk: Desk, stuck: str) -> None:
    undo = next(one for one in desk.seen if one.envelope.id == f"{stuck}:1:reserve-numbers:undo:1")
    before = await desk.row(stuck)
    await desk.answer(undo)
    assert await desk.row(stuck) == before


async def test_a_resumed_undo_that_nobody_answers_is_stuck_again(
    desk: Desk, operator: httpx.AsyncClient, stuck: str
) -> None:
    await resume(operator, stuck)
    await silent_undo(desk, stuck)
    assert await desk.state(stuck) == "held"
    assert (await resume(operator, stuck)).status_code == 202


async def test_an_undo_that_is_refused_again_and_again_is_stuck_too(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await ada.post(f"/orders/{order_id}/cancel", json={"reason": "No."})
    undo = (await desk.commands())[-1]
    for _ in range(TRIES):
        await desk.deliver(desk.reply(undo, failed(undo)))
        undo = next(iter(await desk.time_out(order_id)), undo)
    row = await desk.row(order_id)
    assert row["phase"] == "stuck"


async def test_a_cancel_whose_undo_is_stuck_stays_a_cancel_and_stops_nobodys_clock(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada)
    await ada.post(f"/orders/{order_id}/cancel", json={"reason": "No."})
    other = await desk.submit(ada, external_id="PO-2", enterprise="Other")
    await desk.commands()
    for _ in range(TRIES):
        await desk.overdue(other)
        await desk.time_out(order_id)
    row = await desk.row(order_id)
    assert (row["phase"], row["state"]) == ("stuck", "pendingCancellation")
    assert len([one for one in desk.seen if one.envelope.key == other and one.texts.get("ce_direction") == "do"]) > 2
    await resume(operator, order_id)
    undo = next(one for one in await desk.commands() if isinstance(one.message, DiscardCharges))
    await desk.answer(undo)
    assert await desk.state(order_id) == "cancelled"


async def test_a_stuck_order_cannot_be_replayed_or_forgotten(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient, stuck: str
) -> None:
    assert (await operator.get("/dead-letters")).json() == []
    assert (await ada.post(f"/orders/{stuck}/cancel", json={"reason": "No."})).status_code in (202, 409)
    assert (await desk.account(stuck))["status"] == "ordered"
    assert [one["id"] for one in (await operator.get("/orders?state=held")).json()] == [stuck]


def failed(letter: Letter) -> Reply:
    command = letter.message
    assert isinstance(command, Command)
    return CommandFailed(order_id=command.order_id, run=command.run, code="broken", detail="Broken.")
