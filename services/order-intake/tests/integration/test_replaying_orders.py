"""An operator lets a fallen order run again, as it was or edited, or discards it for good."""

import asyncio
import json
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from contracts.catalog import OrderNotPriceable, PriceOrder
from contracts.numbers import BackorderFilled
from contracts.orders import OrderFallout, OrderForm, OrderStateChanged

from ..builders import FOR_TRUNKING, MAIN_STREET, NOW, TRUNK, customer, delivered, form
from .desk import Desk, body

pytestmark = pytest.mark.integration
WHY = {"why": "The catalogue was wrong."}


async def replay(operator: httpx.AsyncClient, order_id: str, run: int = 1, **more: Any) -> httpx.Response:
    return await operator.post(f"/dead-letters/{order_id}-{run}/replay", json={**WHY, **more})


async def discard(operator: httpx.AsyncClient, order_id: str) -> httpx.Response:
    return await operator.post(f"/dead-letters/{order_id}-1/discard", json=WHY)


async def form_of(desk: Desk, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((await desk.row(order_id))["subject"])["form"]
    return found


async def test_a_replay_is_a_new_run_of_the_same_order(desk: Desk, operator: httpx.AsyncClient, fallen: str) -> None:
    await desk.published()
    answer = await replay(operator, fallen)
    assert (answer.status_code, answer.json()) == (
        202,
        {"dl_id": f"{fallen}-1", "state": "replayed", "order_id": fallen},
    )
    row = await desk.row(fallen)
    assert (row["state"], row["run"], row["phase"], row["reason"]) == ("inProgress", 2, "running", "")
    price = await desk.command(PriceOrder)
    assert (price.message.run, price.envelope.id, price.envelope.saga) == (
        2,
        f"{fallen}:2:price-order:do:1",
        f"{fallen}:2",
    )
    assert [one.state for one in desk.sent(OrderStateChanged)][-1] == "inProgress"
    await desk.answer(price)
    await desk.carry_on()
    assert await desk.state(fallen) == "completed"
    assert (await desk.account(fallen))["status"] == "active"


async def test_the_story_of_the_first_run_stays_in_sight(desk: Desk, operator: httpx.AsyncClient, fallen: str) -> None:
    await replay(operator, fallen)
    found = (await operator.get(f"/orders/{fallen}")).json()
    lines = [(one["what"], one["detail"]) for one in found["timeline"]]
    assert ("refused", "unknown-package: Nobody sells that.") in lines
    assert ("replayed", "replayed by m.alvarez: The catalogue was wrong.") in lines
    assert [detail for what, detail in lines if what == "started"] == ["run 1", "run 2"]


async def test_a_reply_of_the_old_run_changes_nothing(desk: Desk, operator: httpx.AsyncClient, fallen: str) -> None:
    await replay(operator, fallen)
    old = next(
        one for one in [*desk.seen, *await desk.published()] if one.texts["ce_id"].endswith(":1:price-order:do:1")
    )
    before = await desk.row(fallen)
    reply = desk.reply(old)
    reply.headers = [(name, b"late" if name == "ce_id" else value) for name, value in reply.headers]
    await desk.deliver(reply)
    assert await desk.row(fallen) == before
    assert await desk.published() == []


async def test_an_order_that_falls_out_again_has_another_letter(
    desk: Desk, operator: httpx.AsyncClient, fallen: str
) -> None:
    await desk.published()
    await replay(operator, fallen)
    await desk.refuse(await desk.command(PriceOrder), OrderNotPriceable, "no-price-book", "No book.")
    await desk.published()
    assert [one.run for one in desk.sent(OrderFallout)] == [1, 2]
    listed = (await operator.get(f"/dead-letters?order_id={fallen}&state=any")).json()
    assert {(one["dl_id"], one["state"], one["attempts"]) for one in listed} == {
        (f"{fallen}-1", "replayed", 1),
        (f"{fallen}-2", "open", 2),
    }
    assert (await replay(operator, fallen, run=2)).status_code == 202
    assert (await desk.row(fallen))["run"] == 3


async def test_what_was_replayed_cannot_be_replayed_or_discarded_again(
    operator: httpx.AsyncClient, fallen: str
) -> None:
    await replay(operator, fallen)
    for again in (await replay(operator, fallen), await discard(operator, fallen)):
        assert (again.status_code, again.json()["code"]) == (409, "closed")
        assert again.json()["detail"] == "By m.alvarez."


async def test_of_two_replays_at_once_one_wins(desk: Desk, operator: httpx.AsyncClient, fallen: str) -> None:
    answers = await asyncio.gather(*(replay(operator, fallen) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [202, 409, 409]
    assert (await desk.row(fallen))["run"] == 2
    assert len([one for one in await desk.commands() if one.message.run == 2]) == 1


async def test_only_an_order_that_was_undone_runs_again(desk: Desk, operator: httpx.AsyncClient, fallen: str) -> None:
    """A letter that is open beside a run that is not fallen out, whoever brought that about."""
    await replay(operator, fallen)
    await desk.pool.execute("UPDATE dead_letters SET state = 'open'")
    again = await replay(operator, fallen)
    assert (again.status_code, again.json()["code"]) == (409, "not-possible")
    assert again.json()["detail"] == "the order is inProgress; only one that was undone can run again"
    assert (await discard(operator, fallen)).status_code == 200
    assert await desk.state(fallen) == "inProgress"


async def test_a_letter_of_an_order_that_is_gone_is_not_replayed(
    desk: Desk, operator: httpx.AsyncClient, fallen: str
) -> None:
    await desk.pool.execute("DELETE FROM orders")
    answer = await replay(operator, fallen)
    assert (answer.status_code, answer.json()["detail"]) == (404, f"there is no order {fallen}")


async def test_an_edited_replay_runs_what_the_operator_wrote(
    desk: Desk, operator: httpx.AsyncClient, fallen: str
) -> None:
    await desk.published()
    items = [{"package": "Enterprise Basic", "quantity": 7}]
    edited = {**await form_of(desk, fallen), "items": items, "notes": "Edited."}
    answer = await replay(operator, fallen, form=edited)
    assert answer.status_code == 202
    price = (await desk.command(PriceOrder)).message
    assert isinstance(price, PriceOrder)
    assert [(one.package, one.quantity) for one in price.items] == [("Enterprise Basic", 7)]
    assert (await form_of(desk, fallen))["notes"] == "Edited."


async def test_the_first_content_still_answers_a_repeated_submit(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient, fallen: str
) -> None:
    first = await form_of(desk, fallen)
    await replay(operator, fallen, form={**first, "notes": "Edited."})
    again = await ada.post("/orders", json=first)
    assert (again.status_code, again.json()["id"]) == (200, fallen)


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"external_id": "PO-2"}, ["/external_id"]),
        ({"kind": "new-group"}, ["/kind"]),
        ({"enterprise": "Another"}, ["/enterprise"]),
        ({"customer": customer(account_name="Another").model_dump()}, ["/customer/account_name"]),
        ({"items": [], "external_id": "PO-2"}, ["/external_id", "/items"]),
        ({"customer": customer(domain="www.x.example").model_dump()}, ["/customer/domain"]),
        ({"requested_activation": "2020-01-01T00:00:00Z"}, ["/requested_activation"]),
    ],
)
async def test_an_edit_may_not_break_a_rule(
    desk: Desk, operator: httpx.AsyncClient, fallen: str, changes: dict[str, Any], pointers: list[str]
) -> None:
    await desk.published()
    before = await desk.row(fallen)
    answer = await replay(operator, fallen, form={**await form_of(desk, fallen), **changes})
    assert (answer.status_code, answer.json()["code"]) == (422, "not-possible")
    assert [one["pointer"] for one in answer.json()["errors"]] == pointers
    assert await desk.row(fallen) == before
    assert await desk.published() == []
    assert (await operator.get(f"/dead-letters/{fallen}-1")).json()["state"] == "open"


async def test_an_edit_that_is_no_form_is_refused_with_a_pointer(operator: httpx.AsyncClient, fallen: str) -> None:
    answer = await replay(operator, fallen, form={"kind": "new-group"})
    assert answer.status_code == 422
    assert "/external_id" in [one["pointer"] for one in answer.json()["errors"]]


async def test_an_order_as_it_was_runs_again_even_when_its_activation_has_passed(
    desk: Desk, operator: httpx.AsyncClient, fallen: str
) -> None:
    await desk.pool.execute("""
        UPDATE orders SET subject = jsonb_set(subject::jsonb, '{form,requested_activation}', '"2020-01-01T00:00:00Z"')
    """)
    assert (await replay(operator, fallen)).status_code == 202


async def test_an_edited_911_location_counts_anew_and_the_same_one_does_not(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient, fallen: str
) -> None:
    accepted = json.loads((await desk.row(fallen))["subject"])["location_accepted_at"]
    await replay(operator, fallen)
    assert json.loads((await desk.row(fallen))["subject"])["location_accepted_at"] == accepted
    await desk.published()
    await desk.time_out(fallen)
    other = await desk.submit(ada, external_id="PO-2", enterprise="Other")
    await desk.refuse((await desk.commands())[0], OrderNotPriceable)
    first = json.loads((await desk.row(other))["subject"])["location_accepted_at"]
    moved = {**await form_of(desk, other), "e911": {"location": MAIN_STREET.model_dump()}}
    assert (await replay(operator, other, form=moved)).status_code == 202
    assert json.loads((await desk.row(other))["subject"])["location_accepted_at"] > first


async def test_a_replay_is_written_down_with_who_when_why_and_what_was_changed(
    desk: Desk, operator: httpx.AsyncClient, fallen: str
) -> None:
    before = await form_of(desk, fallen)
    after = OrderForm.model_validate({**before, "notes": "Edited."})
    await replay(operator, fallen, form=json.loads(after.model_dump_json()))
    row = await desk.pool.fetchrow("SELECT * FROM operator_actions")
    assert (row["who"], row["action"], row["why"]) == ("m.alvarez", "edit and replay", WHY["why"])
    assert (row["order_id"], row["dl_id"]) == (fallen, f"{fallen}-1")
    assert json.loads(row["before"]) == before
    assert OrderForm.model_validate_json(row["after"]) == after
    assert row["at"] <= datetime.now(UTC)
    (line,) = (await operator.get(f"/orders/{fallen}")).json()["operator_actions"]
    assert (line["who"], line["action"]) == ("m.alvarez", "edit and replay")


@pytest.mark.parametrize("why", [None, "", "x" * 501])
async def test_nothing_is_done_without_a_reason(
    desk: Desk, operator: httpx.AsyncClient, fallen: str, why: str | None
) -> None:
    for act in ("replay", "discard"):
        answer = await operator.post(f"/dead-letters/{fallen}-1/{act}", json={"why": why} if why is not None else {})
        assert answer.status_code == 422
    assert await desk.pool.fetchval("SELECT count(*) FROM operator_actions") == 0


async def test_a_discarded_order_has_failed_for_good_and_its_names_are_free(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient, fallen: str
) -> None:
    await desk.published()
    answer = await discard(operator, fallen)
    assert (answer.status_code, answer.json()["state"]) == (200, "discarded")
    row = await desk.row(fallen)
    assert row["state"] == "failed"
    assert row["ended_at"] is not None
    await desk.published()
    assert [one.state for one in desk.sent(OrderStateChanged)][-2:] == ["inProgress", "failed"]
    assert (await desk.account(fallen))["status"] == "withdrawn"
    assert (await desk.account(fallen, "Enterprise"))["status"] == "withdrawn"
    assert await desk.submit(ada, external_id="PO-2")
    action = await desk.pool.fetchrow("SELECT who, action, why FROM operator_actions")
    assert tuple(action) == ("m.alvarez", "discard", WHY["why"])


async def test_nothing_brings_a_discarded_order_back(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient, fallen: str
) -> None:
    await discard(operator, fallen)
    await desk.published()
    before = await desk.row(fallen)
    filled = BackorderFilled(order_id=fallen, partner_id="p-ada", run=1, numbers=delivered(), filled_at=NOW)
    await desk.tell(filled, "e-1")
    refused = [
        await replay(operator, fallen),
        await discard(operator, fallen),
        await ada.post(f"/orders/{fallen}/cancel", json={"reason": "No."}),
        await operator.post(f"/orders/{fallen}/resume", json=WHY),
        await ada.put(f"/orders/{fallen}/e911-location", json=MAIN_STREET.model_dump()),
    ]
    assert [one.status_code for one in refused] == [409] * 5
    assert await desk.row(fallen) == before
    assert await desk.published() == []


async def test_a_replayed_order_knows_what_broadworks_has_by_now(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    """Ordered while the group was not built, fallen out, and built by another order meanwhile."""
    trunk = form(datetime.now(UTC), items=(TRUNK,), numbers=(FOR_TRUNKING,))
    await desk.submit(ada, form=trunk)
    await desk.carry_on()
    account = await desk.pool.fetchrow("SELECT account_id, built FROM accounts WHERE role = 'Customer'")
    assert account["built"] is False
    second = await desk.submit(ada, external_id="PO-2", kind="add-services")
    await desk.refuse((await desk.commands())[0], OrderNotPriceable)
    await desk.submit(ada, external_id="PO-3", kind="add-services")
    await desk.carry_on()
    await replay(operator, second)
    subject = json.loads((await desk.row(second))["subject"])
    assert (subject["enterprise_new"], subject["group_new"]) == (False, False)


def test_a_form_that_is_sent_is_read_as_it_was_written() -> None:
    assert OrderForm.model_validate_json(body(notes="x")).notes == "x"
