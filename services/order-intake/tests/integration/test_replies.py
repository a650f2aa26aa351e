"""Replies drive the saga in the database: each answer is stored, and what comes next is in the outbox with it."""

from collections.abc import Awaitable

import httpx
import pytest

from contracts.broadsoft import ProvisionGroup, ProvisioningRefused
from contracts.catalog import BillDelivered, OrderNotPriceable, OrderPriced, PriceOrder
from contracts.errors import CommandFailed, StepAlreadyUndone
from contracts.message import Refusal
from contracts.numbers import AssignNumbers, BackorderFilled, NumbersUnavailable, ReserveNumbers
from contracts.orders import OrderFallout, OrderStateChanged
from contracts.tickets import OpenTickets, TicketsChecked

from ..builders import NOW, PLAIN, TRUNK, delivered, good_answer, resolved
from .desk import Desk, Letter

pytestmark = pytest.mark.integration


REFUSALS: dict[type, type[Refusal]] = {
    PriceOrder: OrderNotPriceable,
    ReserveNumbers: NumbersUnavailable,
    ProvisionGroup: ProvisioningRefused,
    OpenTickets: StepAlreadyUndone,
}


async def states(desk: Desk) -> list[str]:
    return [one.state for one in desk.sent(OrderStateChanged)]


async def test_a_command_goes_to_its_owner_under_an_id_that_tells_run_step_and_attempt(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    price, reserve = await desk.commands()
    assert (price.topic, reserve.topic) == ("catalog.commands", "numbers.commands")
    assert price.key == reserve.key == order_id.encode()
    told = price.texts
    trace = told.pop("traceparent").split("-")
    assert told.pop("ce_time").endswith("Z")
    assert told == {
        "ce_id": f"{order_id}:1:price-order:do:1",
        "ce_source": "order-intake",
        "ce_type": PriceOrder.ce_type,
        "ce_specversion": "1.0",
        "ce_subject": order_id,
        "ce_partitionkey": order_id,
        "content-type": "application/json",
        "ce_sagaid": f"{order_id}:1",
        "ce_step": "price order",
        "ce_direction": "do",
    }
    assert trace[1] == order_id.replace("-", "")


async def test_a_hosted_order_goes_through_every_command_and_completes(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    assert await desk.carry_on() == []
    asked = [one.texts for one in desk.seen if one.texts.get("ce_direction")]
    assert [(one["ce_step"], one["ce_direction"]) for one in asked] == [
        ("price order", "do"),
        ("reserve numbers", "do"),
        ("provision group", "do"),
        ("open tickets", "do"),
        ("assign numbers", "do"),
        ("start billing", "do"),
        ("close tickets", "do"),
    ]
    row = await desk.row(order_id)
    assert (row["state"], row["phase"], row["due"], row["reason"]) == ("completed", "completed", None, "")
    assert row["ended_at"] is not None
    assert await states(desk) == ["inProgress", "completed"]


async def test_what_was_answered_is_kept_with_the_order(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    await desk.carry_on()
    shown = (await ada.get(f"/orders/{order_id}")).json()
    assert shown["charges"]["price_book"] == "p-1 v3"
    assert [one["number"] for one in shown["numbers"]["reserved"]] == [PLAIN.number]
    assert shown["customer"]["group_id"] == (await desk.account(order_id))["broadworks_id"]


async def test_the_replies_of_many_orders_are_taken_together(desk: Desk, ada: httpx.AsyncClient) -> None:
    ids = [await desk.submit(ada, external_id=f"PO-{n}", enterprise=f"Harbor {n}") for n in range(5)]
    await desk.carry_on()
    assert {await desk.state(one) for one in ids} == {"completed"}


async def test_two_replies_of_one_order_in_one_batch_are_both_taken(desk: Desk, ada: httpx.AsyncClient) -> None:
    await desk.submit(ada, numbers=(PLAIN,))
    await desk.answer(*await desk.commands())
    asked = [type(one.message) for one in await desk.commands()]
    assert asked == [ProvisionGroup, OpenTickets]


@pytest.fixture
async def half_way(desk: Desk, ada: httpx.AsyncClient) -> tuple[str, Letter, Letter]:
    """An order whose numbers are asked for: its id, and its commands to price and to reserve, one of them answered."""
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    price, reserve = await desk.commands()
    await desk.answer(price)
    await desk.published()
    return order_id, price, reserve


async def unchanged(desk: Desk, order_id: str, act: Awaitable[None]) -> None:
    before = await desk.row(order_id)
    await act
    assert await desk.row(order_id) == before
    assert await desk.published() == []


async def test_the_same_reply_again_changes_nothing(desk: Desk, half_way: tuple[str, Letter, Letter]) -> None:
    order_id, price, _ = half_way
    await unchanged(desk, order_id, desk.answer(price))


async def test_a_reply_under_another_id_to_what_was_answered_changes_nothing(
    desk: Desk, half_way: tuple[str, Letter, Letter]
) -> None:
    order_id, price, _ = half_way
    other = desk.reply(price, Refusal(order_id=order_id, run=1, code="no", reason="No."))
    other.headers = [("ce_id", b"another") if name == "ce_id" else (name, value) for name, value in other.headers]
    other.headers = [
        (name, CommandFailed.ce_type.encode()) if name == "ce_type" else (name, value) for name, value in other.headers
    ]
    other.value = CommandFailed(order_id=order_id, run=1, code="late", detail="Late.").encode()
    await unchanged(desk, order_id, desk.deliver(other))


async def test_a_reply_to_an_attempt_that_was_never_made_changes_nothing(
    desk: Desk, half_way: tuple[str, Letter, Letter]
) -> None:
    order_id, _, reserve = half_way
    reply = desk.reply(reserve)
    cause = f"{order_id}:1:reserve-numbers:do:9".encode()
    reply.headers = [(name, cause if name == "ce_causationid" else value) for name, value in reply.headers]
    await unchanged(desk, order_id, desk.deliver(reply))


async def test_a_late_reply_to_a_completed_order_changes_nothing(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, items=(TRUNK,))
    await desk.carry_on()
    (ask,) = await desk.time_out(order_id)
    done = TicketsChecked(order_id=order_id, run=1, open=0, resolved=(resolved(),))
    await desk.deliver(desk.reply(ask, done))
    await desk.carry_on()
    assert await desk.state(order_id) == "completed"
    late = TicketsChecked(order_id=order_id, run=1, open=0, resolved=(resolved("cannot-do"),))
    reply = desk.reply(ask, late)
    reply.headers = [(name, b"late" if name == "ce_id" else value) for name, value in reply.headers]
    await unchanged(desk, order_id, desk.deliver(reply))


async def test_an_event_for_an_order_that_ended_changes_nothing(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.carry_on()
    filled = BackorderFilled(order_id=order_id, partner_id="p-ada", run=1, numbers=delivered(), filled_at=NOW)
    await unchanged(desk, order_id, desk.tell(filled, "e-1"))


async def test_a_reply_about_an_order_that_is_not_ours_is_left_alone(desk: Desk) -> None:
    alien = OrderPriced(**{**dict(good_answer(PRICE)), "order_id": "nobody"})
    letter = Letter("catalog.commands", b"nobody", PRICE.encode(), [])
    letter.headers = [
        ("ce_id", b"nobody:1:price-order:do:1"),
        ("ce_sagaid", b"nobody:1"),
        ("ce_step", b"price order"),
        ("ce_direction", b"do"),
        ("ce_source", b"x"),
        ("ce_type", PriceOrder.ce_type.encode()),
        ("ce_specversion", b"1.0"),
    ]
    await desk.deliver(desk.reply(letter, alien))
    assert await desk.published() == []


PRICE = PriceOrder(
    order_id="nobody",
    run=1,
    partner_id="p-ada",
    customer_id="c",
    time_zone="UTC",
    submitted_on=NOW.date(),
)


@pytest.mark.parametrize(
    ("refused", "undone"),
    [
        (PriceOrder, {"ReleaseNumbers"}),
        (ReserveNumbers, {"DiscardCharges"}),
        (ProvisionGroup, {"RemoveGroup", "CancelTickets", "DiscardCharges", "ReleaseNumbers"}),
        (OpenTickets, {"RemoveGroup", "DiscardCharges", "ReleaseNumbers"}),
    ],
)
async def test_a_refusal_before_the_pivot_takes_everything_back_and_the_order_is_fallout(
    desk: Desk, ada: httpx.AsyncClient, refused: type, undone: set[str]
) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    asked = await desk.carry_on(until=refused)
    await desk.refuse(next(one for one in asked if isinstance(one.message, refused)), REFUSALS[refused], "no", "No.")
    await desk.answer(*(one for one in asked if not isinstance(one.message, refused)))
    await desk.carry_on()
    undos = {type(one.message).__name__ for one in desk.seen if one.texts.get("ce_direction") == "undo"}
    assert undos == undone
    row = await desk.row(order_id)
    assert (row["state"], row["phase"], row["ended_at"]) == ("held", "compensated", None)
    assert row["reason"].endswith(": No.")
    assert len(desk.sent(OrderFallout)) == 1
    assert (await states(desk))[-1] == "held"


async def test_a_command_that_failed_is_undone_and_its_code_is_the_reason(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    failed = CommandFailed(order_id=order_id, run=1, code="bug-KeyError", detail="'x'", traceback="...")
    await desk.deliver(desk.reply(price, failed))
    await desk.carry_on()
    (fallout,) = desk.sent(OrderFallout)
    assert (fallout.code, fallout.step, fallout.reason) == ("bug-KeyError", "price order", "'x'")
    assert [one.what for one in fallout.story] == [
        "started",
        "sent",
        "failed",
        "undoing",
        "undo sent",
        "undone",
        "everything undone",
    ]


async def test_past_the_pivot_a_refusal_is_asked_again_under_a_new_id_and_nothing_is_undone(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada)
    (billing,) = await desk.carry_on(until=BillDelivered)
    failed = CommandFailed(order_id=order_id, run=1, code="broken", detail="Broken.")
    await desk.deliver(desk.reply(billing, failed))
    assert await desk.commands() == []
    (again,) = await desk.time_out(order_id)
    assert (billing.envelope.id, again.envelope.id) == (
        f"{order_id}:1:start-billing:do:1",
        f"{order_id}:1:start-billing:do:2",
    )
    assert again.value == billing.value
    await desk.answer(again)
    await desk.carry_on()
    assert await desk.state(order_id) == "completed"


async def test_the_assignment_names_the_customer_of_the_order(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    asked = await desk.carry_on(until=AssignNumbers)
    assign = next(one.message for one in asked if isinstance(one.message, AssignNumbers))
    assert assign.customer_id == (await desk.account(order_id))["account_id"]


async def test_a_reply_that_does_not_say_to_which_step_it_belongs_keeps_no_other_waiting(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    lost = await desk.submit(ada, external_id="PO-1", enterprise="One")
    sound = await desk.submit(ada, external_id="PO-2", enterprise="Two")
    first, second = [desk.reply(one) for one in await desk.commands()]
    first.headers = [one for one in first.headers if one[0] not in ("ce_step", "ce_direction")]
    await desk.deliver(first, second)
    assert await desk.state(lost) == "acknowledged"
    assert await desk.state(sound) == "inProgress"
    buried = [one for one in await desk.published() if one.topic == "dead-letters"]
    assert [one.key for one in buried] == [lost.encode()]
