"""Orders that become dial tone."""

import asyncio

from dialtone.demo.actors import Actors
from dialtone.demo.leftovers import left_by
from dialtone.demo.scenario import ended, waits
from tests.pipeline import forms


async def test_a_hosted_order_becomes_a_group_with_users_numbers_and_a_billing_start(
    actors: Actors, enterprise: str
) -> None:
    order_id = await actors.submit(forms.hosted(enterprise, seats=3, number_searches=[forms.search("201", 4)]))
    order = await actors.until(order_id, ended)
    left = await left_by(actors, order)
    assert order["state"] == "completed"
    assert left["number_states"] == {"assigned": 4}
    assert (left["users"], left["group_numbers"]) == (3, 4)
    assert left["charges_posted"] >= 1
    assert list(left["tickets"].values()) == ["order closed"]
    assert [user["number"] is not None for user in order["users"]] == [True] * 3


async def test_a_trunking_order_waits_for_its_ticket_and_needs_no_broadworks(actors: Actors, enterprise: str) -> None:
    trunks = [forms.search("201", 2, trunking=True)]
    order_id = await actors.submit(forms.trunking(enterprise, number_searches=trunks))
    order = await actors.until(order_id, waits)
    assert order["state"] == "inProgress"
    assert order["reason"] == "waiting for trunking tickets"
    assert [line["step"] for line in order["timeline"] if line["what"] == "done"].count("provision group") == 0
    await actors.resolve_trunking(order_id)
    order = await actors.until(order_id, ended)
    left = await left_by(actors, order)
    assert order["state"] == "completed"
    assert left["group"] == ""
    assert sorted(left["tickets"].values()) == ["order closed", "trunking resolved"]


async def test_an_order_of_which_nothing_can_be_built_has_failed_and_leaves_nothing(
    actors: Actors, enterprise: str
) -> None:
    trunks = [forms.search("201", 2, trunking=True)]
    order_id = await actors.submit(forms.trunking(enterprise, number_searches=trunks))
    await actors.until(order_id, waits)
    (ticket,) = [one for one in await actors.tickets(order_id) if one["kind"] == "trunking"]
    await actors.refuse_ticket(ticket["ticket_id"], "the PBX is end of life")
    order = await actors.until(order_id, ended)
    assert (order["state"], order["reason"]) == ("failed", f"{ticket['ticket_id']}: the PBX is end of life")
    assert [item["state"] for item in order["items"]] == ["failed"]
    left = await left_by(actors, order)
    assert (left["numbers"], left["charges_posted"], left["tickets_open"]) == (0, 0, 0)


async def test_a_mixed_order_with_a_backorder_completes_when_stock_and_ticket_have_come(
    actors: Actors, enterprise: str
) -> None:
    mixed = forms.hosted(enterprise, number_searches=[forms.search("646", 2, nxx="200")])
    mixed["items"] += forms.trunking(enterprise)["items"]
    order_id = await actors.submit(mixed)
    order = await actors.until(order_id, waits)
    assert order["reason"] == "waiting for backorder and trunking tickets"
    brought = await actors.bring_stock("+16462000000", 3)
    assert brought["delivered_to_backorders"] == {order_id: 2}
    await actors.until(order_id, lambda order: order["reason"] == "waiting for trunking tickets")
    await actors.resolve_trunking(order_id)
    order = await actors.until(order_id, ended)
    left = await left_by(actors, order)
    assert order["state"] == "completed"
    assert left["number_states"] == {"assigned": 2}
    assert (left["users"], left["group_numbers"]) == (2, 2)


async def test_more_services_for_a_customer_go_into_its_group(actors: Actors, enterprise: str) -> None:
    first = forms.hosted(enterprise, seats=1)
    await actors.until(await actors.submit(first), ended)
    more = forms.hosted(enterprise, kind="add-services", seats=2, number_searches=[forms.search("201", 1)])
    more["customer"] = first["customer"]
    order = await actors.until(await actors.submit(more), ended)
    left = await left_by(actors, order)
    assert order["state"] == "completed"
    assert (left["users"], left["group_numbers"]) == (3, 1)


async def test_two_hundred_orders_at_once_all_complete(actors: Actors, enterprise: str) -> None:
    searches = [forms.search("201", 1)]
    trunks = [forms.search("201", 1, trunking=True)]
    wanted = [forms.hosted(enterprise, seats=1, number_searches=searches) for _ in range(20)]
    wanted += [forms.trunking(enterprise, number_searches=trunks) for _ in range(180)]
    ids = await asyncio.gather(*(actors.submit(form) for form in wanted))
    orders = [await actors.until(order_id, lambda order: ended(order) or waits(order)) for order_id in ids]
    assert {order["state"] for order in orders[:20]} == {"completed"}
    assert {order["state"] for order in orders[20:]} == {"inProgress"}
    numbers = [one["number"] for order in orders for one in order["numbers"]["reserved"]]
    assert len(set(numbers)) == 200
