"""Orders that run by the first version of the saga when the second one arrives finish by the first, at every point."""

import httpx
import pytest

from contracts.catalog import BillDelivered, BillDeliveredNumbers, StartBilling
from contracts.numbers import AssignNumbers, BackorderAdvanced, BackorderFilled
from contracts.tickets import OpenSetupTicket, TicketResolved
from order_intake.settings import Settings

from ..builders import BACKORDER, NOW, PLAIN, SEATS, TRUNK, UNITY, delivered, resolved
from .desk import Desk

pytestmark = pytest.mark.integration
ROUNDS = 8  # until the order has ended, people and stock included


async def step(desk: Desk, order_id: str, number: int) -> None:
    """What comes in that round: answers to all that was asked, or people and stock where nobody is asked."""
    asked = await desk.commands()
    if asked:
        await desk.answer(*asked)
        return
    told = {"order_id": order_id, "partner_id": "p-ada", "run": 1}
    ticket = resolved("done", "2")
    news = (
        TicketResolved(**told, ticket=ticket, resolved_by="r.chen", still_open=0, resolved=(ticket,)),
        BackorderAdvanced(**told, numbers=delivered(), missing=0, advanced_at=NOW),
        BackorderFilled(**told, numbers=delivered(), filled_at=NOW),
    )
    for index, event in enumerate(news):
        await desk.tell(event, f"event-{number}-{index}")


@pytest.mark.parametrize("point", range(ROUNDS))
async def test_an_order_finishes_by_the_version_it_began_with(
    point: int, desk: Desk, ada: httpx.AsyncClient, settings: Settings
) -> None:
    old = await Desk.of(settings.model_copy(update={"saga_version": 1}), desk.pool)
    async with old.client(ada.headers["authorization"].removeprefix("Bearer ")) as before:
        items = (SEATS, TRUNK, UNITY)
        order_id = await old.submit(before, items=items, numbers=(PLAIN,), number_searches=(BACKORDER,))
    for number in range(point):
        await step(old, order_id, number)
    for number in range(point, ROUNDS):
        await step(desk, order_id, number)
    shown = (await ada.get(f"/orders/{order_id}")).json()
    assert (shown["state"], shown["saga"]["version"]) == ("completed", 1)
    assert [one["state"] for one in shown["items"]] == ["completed"] * 3
    sent = [*old.seen, *desk.seen]
    kinds = [type(one.message) for one in sent]
    assert kinds.count(StartBilling) == kinds.count(BillDeliveredNumbers) == kinds.count(AssignNumbers) == 1
    assert not {BillDelivered, OpenSetupTicket} & set(kinds)


async def test_a_new_order_beside_them_runs_by_the_new_one(
    desk: Desk, ada: httpx.AsyncClient, settings: Settings
) -> None:
    old = await Desk.of(settings.model_copy(update={"saga_version": 1}), desk.pool)
    async with old.client(ada.headers["authorization"].removeprefix("Bearer ")) as before:
        first = await old.submit(before)
    second = await desk.submit(ada, external_id="PO-2", enterprise="Another")
    await desk.carry_on()
    versions = [(await ada.get(f"/orders/{one}")).json()["saga"]["version"] for one in (first, second)]
    assert versions == [1, 2]
    assert (await desk.state(first), await desk.state(second)) == ("completed", "completed")
