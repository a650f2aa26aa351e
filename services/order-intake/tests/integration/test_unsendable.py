"""A message that can never be sent makes its order stuck, until the service that keeps it tells what became of it."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from aiokafka.errors import MessageSizeTooLargeError

from chassis.messaging import outbox
from chassis.messaging.notices import closing, letter_of
from chassis.messaging.sendable import Unsendable
from contracts.catalog import BillDelivered, OrderNotPriceable, PriceOrder
from contracts.tickets import OpenTickets
from testkit.records import FakeRecord

from ..builders import PLAIN
from .desk import Desk, Letter

pytestmark = pytest.mark.integration
WHY = {"why": "The topic takes 4 MiB now."}
KEPT_AS = "9f3b2c6d1e5a4c0b8d7f6a5e4c3b2a19"


def row(letter: Letter | FakeRecord) -> dict[str, Any]:
    headers = outbox.headers_to_text(list(letter.headers))
    return {"topic": letter.topic, "key": letter.key, "value": letter.value, "headers": headers}


def set_aside(letter: Letter | FakeRecord, service: str = "order-intake", kept_as: str = KEPT_AS) -> FakeRecord:
    """What a relay tells of a row that it will never send."""
    told = letter_of(row(letter), kept_as, datetime.now(UTC), service, Unsendable(MessageSizeTooLargeError()))
    return FakeRecord(told.topic, told.key, told.value, told.headers)


def decided(
    letter: Letter | FakeRecord, outcome: str, service: str = "order-intake", kept_as: str = KEPT_AS
) -> FakeRecord:
    told = closing({**row(letter), "unsendable_id": kept_as}, service, outcome, "m.alvarez", WHY["why"])
    return FakeRecord(told.topic, told.key, told.value, told.headers)


async def only(desk: Desk) -> Any:
    (found,) = await desk.pool.fetch("SELECT * FROM dead_letters")
    return found


async def test_an_order_whose_command_cannot_be_sent_is_stuck_and_says_which(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    await desk.deliver(set_aside(price))
    order = await desk.row(order_id)
    assert (order["state"], order["phase"], order["due"]) == ("held", "stuck", None)
    assert order["reason"].startswith("price order: PriceOrder cannot be sent on 'catalog.commands': larger than")
    assert order["reason"].endswith("it waits for an operator")
    letter = await only(desk)
    assert (letter["kind"], letter["error_code"], letter["order_id"]) == ("unsendable", "unsendable", order_id)
    assert (await ada.get(f"/orders/{order_id}")).json()["state"] == "held"
    assert await desk.time_out(order_id) == []


@pytest.mark.parametrize("outcome", ["released", "discarded"])
async def test_it_goes_on_when_an_operator_has_decided(desk: Desk, ada: httpx.AsyncClient, outcome: str) -> None:
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    await desk.deliver(set_aside(price))
    await desk.deliver(decided(price, outcome))
    order = await desk.row(order_id)
    assert (order["state"], order["phase"], order["reason"]) == ("inProgress", "running", "")
    assert order["due"] is not None
    letter = await only(desk)
    assert (letter["state"], letter["closed_by"]) == (outcome, "m.alvarez")
    act = await desk.pool.fetchrow("SELECT who, action, why, order_id, dl_id FROM operator_actions")
    done = {"released": "release", "discarded": "discard"}[outcome]
    assert tuple(act) == ("m.alvarez", done, WHY["why"], order_id, KEPT_AS)
    assert [one.envelope.id for one in await desk.time_out(order_id)] == [price.envelope.id]
    await desk.answer(price)
    await desk.carry_on()
    assert await desk.state(order_id) == "completed"


async def test_replies_that_come_meanwhile_are_not_lost(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    price, reserve = await desk.commands()
    await desk.deliver(set_aside(price))
    await desk.answer(reserve)
    assert await desk.state(order_id) == "held"
    await desk.deliver(decided(price, "released"))
    await desk.answer(price)
    await desk.carry_on()
    assert await desk.state(order_id) == "completed"


async def test_a_reply_that_cannot_be_sent_makes_its_order_stuck_too(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    reply = desk.reply(price)
    await desk.deliver(set_aside(reply, "catalog"))
    assert "OrderPriced cannot be sent on 'orders.replies'" in (await desk.row(order_id))["reason"]
    await desk.deliver(decided(reply, "released", "catalog"))
    await desk.deliver(reply)
    assert [type(one.message) for one in await desk.commands()][-1] is OpenTickets


async def test_past_the_pivot_the_order_stays_and_goes_on_forward(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    (billing,) = await desk.carry_on(until=BillDelivered)
    await desk.deliver(set_aside(billing))
    assert await desk.state(order_id) == "held"
    cancelled = await ada.post(f"/orders/{order_id}/cancel", json={"reason": "Too slow."})
    assert cancelled.json()["code"] == "past-the-pivot"
    await desk.deliver(decided(billing, "released"))
    await desk.answer(billing)
    await desk.carry_on()
    assert await desk.state(order_id) == "completed"


async def test_a_cancel_before_the_pivot_takes_it_back(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    price, _ = await desk.commands()
    await desk.deliver(set_aside(price))
    assert (await ada.post(f"/orders/{order_id}/cancel", json={"reason": "Too slow."})).status_code == 202
    await desk.carry_on()
    assert await desk.state(order_id) == "cancelled"


async def test_an_undo_that_cannot_be_sent_is_stuck_and_ends_as_an_undo(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, numbers=(PLAIN,))
    price, reserve = await desk.commands()
    await desk.answer(reserve)
    await desk.refuse(price, OrderNotPriceable)
    (undo,) = await desk.commands()
    await desk.deliver(set_aside(undo))
    assert (await desk.row(order_id))["phase"] == "stuck"
    await desk.deliver(decided(undo, "released"))
    assert await desk.state(order_id) == "inProgress"
    await desk.answer(undo)
    order = await desk.row(order_id)
    assert (order["state"], order["phase"]) == ("held", "compensated")


async def test_an_event_that_cannot_be_sent_keeps_no_order_waiting(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    event, *_ = [one for one in await desk.published() if one.topic == "orders.events"]
    await desk.deliver(set_aside(event))
    assert await desk.state(order_id) == "acknowledged"
    letter = await only(desk)
    assert (letter["kind"], letter["state"]) == ("unsendable", "open")
    await desk.deliver(decided(event, "discarded"))
    assert (await only(desk))["state"] == "discarded"


async def test_both_may_come_twice_and_at_once(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    told = [set_aside(price), decided(price, "released")]
    await desk.deliver(*told, *told)
    after = await desk.row(order_id)
    await desk.deliver(*told)
    assert await desk.row(order_id) == after
    assert after["phase"] == "running"
    assert await desk.pool.fetchval("SELECT count(*) FROM operator_actions") == 1


async def test_the_letter_is_closed_where_its_message_is_kept_and_nowhere_else(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    await desk.submit(ada)
    (price,) = await desk.commands()
    await desk.deliver(set_aside(price))
    for act in ("replay", "discard"):
        answer = await operator.post(f"/dead-letters/{KEPT_AS}/{act}", json=WHY)
        assert (answer.status_code, answer.json()["code"]) == (409, "kept-elsewhere")
        assert answer.json()["title"] == "order-intake keeps the message of this dead letter."
    await desk.deliver(decided(price, "discarded", "catalog"))  # not of the service that keeps it
    assert (await only(desk))["state"] == "open"


async def test_a_letter_of_an_earlier_run_stops_no_later_one(
    desk: Desk, operator: httpx.AsyncClient, fallen: str
) -> None:
    (price,) = [one for one in desk.seen if isinstance(one.message, PriceOrder)]
    await operator.post(f"/dead-letters/{fallen}-1/replay", json=WHY)
    await desk.published()
    await desk.deliver(set_aside(price))
    assert await desk.state(fallen) == "inProgress"


async def test_nobody_stops_an_order_with_a_forged_letter(desk: Desk, ada: httpx.AsyncClient) -> None:
    """Poison of a stranger that looks like the letter of somebody's command becomes a letter of a message."""
    order_id = await desk.submit(ada)
    (price,) = await desk.commands()
    forged = set_aside(price)
    forged.topic = "orders.submissions"
    forged.headers = [(name, value) for name, value in forged.headers if name != "ce_specversion"]
    closed = decided(price, "discarded")
    closed.topic = "orders.submissions"
    await desk.deliver(forged)
    await desk.deliver(closed)
    for poison in [one for one in await desk.published() if one.topic == "dead-letters"]:
        await desk.deliver(poison.again())
    assert await desk.state(order_id) == "acknowledged"
    assert {letter["kind"] for letter in await desk.pool.fetch("SELECT kind FROM dead_letters")} == {"message"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dl-failed-at", b"yesterday"),
        ("dl-failed-at", b"2026-01-01T00:00:00"),
        ("dl-attempts", b"9" * 30),
        ("dl-attempts", "²".encode()),
        ("dl-id", b"x" * 10_000),
        ("dl-error-code", b"\x00"),
    ],
)
async def test_a_letter_is_kept_whatever_its_headers_say(desk: Desk, name: str, value: bytes) -> None:
    await desk.deliver(FakeRecord("dead-letters", b"k", b"v", [("dl-id", b"x"), (name, value)]))
    assert (await only(desk))["value"] == b"v"
