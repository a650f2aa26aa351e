"""The audit views say of an order what its domain says, at every point of its way."""

from typing import Any

import httpx
import pytest

from chassis.saga import progress as progresses
from contracts.broadsoft import ProvisionGroup
from contracts.catalog import OrderNotPriceable
from contracts.numbers import BackorderFilled
from contracts.orders import E911
from contracts.tickets import SetupTicketResolved, TicketResolved
from order_intake.domain.edge import item_states
from order_intake.domain.provisioning import PROVISION_ORDER
from order_intake.domain.subject import Subject

from ..builders import (
    ACTIVATED,
    BACKORDER,
    FOR_TRUNKING,
    NOW,
    PLAIN,
    SEATS,
    TRUNK,
    UNITY,
    UNITY_FEE,
    delivered,
    resolved,
    set_up,
)
from .desk import Desk

pytestmark = pytest.mark.integration
ITEMS = "SELECT item_id, state FROM audit_order_items WHERE order_id = $1 ORDER BY item_id::int"


async def agree(desk: Desk, order_id: str) -> tuple[str, ...]:
    """The states of the items, once view and domain have been held against each other."""
    row = await desk.row(order_id)
    subject, progress = Subject.model_validate_json(row["subject"]), progresses.decode(row["progress"])
    wanted = item_states(subject, progress, row["state"])
    assert [one["state"] for one in await desk.pool.fetch(ITEMS, order_id)] == wanted
    (view,) = await desk.pool.fetch("SELECT * FROM audit_orders WHERE order_id = $1", order_id)
    assert view["past_pivot"] == (progress.at > PROVISION_ORDER.pivot)
    assert view["billing_started"] == (subject.billed is not None)
    assert view["saga_version"] == progress.version
    assert sorted(view["asked"]) == sorted(progress.asked)
    assert (view["held_until"], view["phase"]) == (progress.held_until, progress.phase)
    assert (view["group_id"], view["customer_id"]) == (subject.group_id, subject.customer_id)
    return tuple(wanted)


async def rows(desk: Desk, sql: str, order_id: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in await desk.pool.fetch(sql, order_id)]


async def test_a_mixed_order_all_the_way(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, items=(SEATS, TRUNK), numbers=(PLAIN,), number_searches=(BACKORDER,))
    assert await agree(desk, order_id) == ("acknowledged", "acknowledged")
    await desk.answer(*await desk.commands())
    assert await agree(desk, order_id) == ("inProgress", "inProgress")
    await desk.carry_on()
    assert await agree(desk, order_id) == ("completed", "inProgress")
    told = {"order_id": order_id, "partner_id": "p-ada", "run": 1}
    ticket = resolved(item_id="2")
    await desk.tell(
        TicketResolved(**told, ticket=ticket, resolved_by="r.chen", still_open=0, resolved=(ticket,)), "t-1"
    )
    assert await agree(desk, order_id) == ("completed", "completed")
    await desk.tell(BackorderFilled(**told, numbers=delivered(), filled_at=NOW), "b-1")
    await desk.carry_on()
    assert await agree(desk, order_id) == ("completed", "completed")
    numbers = "SELECT number, trunking, delivered FROM audit_order_numbers WHERE order_id = $1 ORDER BY number"
    assert await rows(desk, numbers, order_id) == [
        (PLAIN.number, False, False),
        *((one.number, False, True) for one in delivered()),
    ]


async def test_a_trunk_that_cannot_be_built_fails_its_item_alone(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, items=(SEATS, TRUNK))
    await desk.carry_on()
    ticket = resolved("cannot-do", item_id="2")
    told = {"order_id": order_id, "partner_id": "p-ada", "run": 1, "resolved_by": "r.chen"}
    await desk.tell(TicketResolved(**told, ticket=ticket, still_open=0, resolved=(ticket,)), "t-1")
    await desk.carry_on()
    assert await agree(desk, order_id) == ("completed", "failed")
    assert await desk.state(order_id) == "partial"


async def test_what_is_set_up_elsewhere_and_its_fee(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, items=(SEATS, TRUNK, UNITY_FEE, UNITY))
    await desk.carry_on()
    assert await agree(desk, order_id) == ("completed", "inProgress", "inProgress", "inProgress")
    told = {"order_id": order_id, "partner_id": "p-ada", "run": 1, "resolved_by": "r.chen"}
    await desk.tell(SetupTicketResolved(**told, resolution=set_up()), "s-1")
    assert await agree(desk, order_id) == ("completed", "inProgress", "completed", "completed")
    deliveries = "SELECT place, items, numbers, delivered_on FROM audit_order_deliveries WHERE order_id = $1"
    assert await rows(desk, deliveries, order_id) == [(1, '["3", "4"]', 0, ACTIVATED)]


@pytest.mark.parametrize("ended", ["partial", "failed"])
async def test_what_could_not_be_set_up_and_the_numbers_of_a_trunk_that_was_not_built(
    desk: Desk, ada: httpx.AsyncClient, ended: str
) -> None:
    items = (SEATS, TRUNK, UNITY_FEE, UNITY) if ended == "partial" else (TRUNK, UNITY_FEE, UNITY)
    order_id = await desk.submit(ada, items=items, numbers=(FOR_TRUNKING,))
    await desk.carry_on()
    ticket = resolved("cannot-do", item_id=str(items.index(TRUNK) + 1))
    told = {"order_id": order_id, "partner_id": "p-ada", "run": 1, "resolved_by": "r.chen"}
    await desk.tell(TicketResolved(**told, ticket=ticket, still_open=0, resolved=(ticket,)), "t-1")
    await desk.tell(SetupTicketResolved(**told, resolution=set_up("cannot-do")), "s-1")
    assert set(await agree(desk, order_id)) <= {"completed", "failed"}
    await desk.carry_on()
    assert (await agree(desk, order_id))[-3:] == ("failed",) * 3
    assert await desk.state(order_id) == ended
    assert await rows(desk, "SELECT number FROM audit_order_numbers WHERE order_id = $1", order_id) == []


async def test_an_order_at_its_gate_and_one_that_fell_out(desk: Desk, ada: httpx.AsyncClient) -> None:
    pending = await desk.submit(ada, e911=E911())
    await desk.carry_on()
    assert await agree(desk, pending) == ("pending",)
    fallen = await desk.submit(ada, external_id="PO-2", enterprise="Lakeside Veterinary")
    (price,) = await desk.commands()
    await desk.refuse(price, OrderNotPriceable, "unknown-package", "Nobody sells that.")
    assert await agree(desk, fallen) == ("held",)
    letters = "SELECT kind, service, error_code, state FROM audit_dead_letters WHERE order_id = $1"
    assert await rows(desk, letters, fallen) == [("order", "order-intake", "unknown-package", "open")]


async def test_an_order_that_is_replayed_is_not_past_the_pivot_of_an_earlier_run(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient, fallen: str
) -> None:
    answer = await operator.post(f"/dead-letters/{fallen}-1/replay", json={"why": "it has a price now"})
    assert answer.status_code == 202
    assert await agree(desk, fallen) == ("inProgress",)
    await desk.carry_on(ProvisionGroup)
    assert await agree(desk, fallen) == ("inProgress",)
    acts = "SELECT who, action, why FROM audit_acts WHERE order_id = $1"
    assert await rows(desk, acts, fallen) == [("m.alvarez", "replay", "it has a price now")]
