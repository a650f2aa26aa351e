"""The 911 gate, and taking an order back."""

from datetime import UTC, datetime, timedelta

import pytest

from dialtone.demo.actors import Actors, Refused
from dialtone.demo.leftovers import left_by
from dialtone.demo.scenario import ended
from tests.pipeline import forms


async def test_a_missing_911_location_keeps_the_order_pending_until_it_is_given(
    actors: Actors, enterprise: str
) -> None:
    form = forms.hosted(enterprise, e911={"required": True, "reason": "location_later"})
    order_id = await actors.submit(form)
    order = await actors.until(order_id, lambda order: order["state"] == "pending")
    assert order["reason"] == "the 911 location is missing"
    assert (await left_by(actors, order))["group"] == ""
    assert [one["kind"] for one in await actors.tickets(order_id)] == ["e911"]
    await actors.give_location(order_id, forms.LOCATION)
    order = await actors.until(order_id, ended)
    left = await left_by(actors, order)
    assert order["state"] == "completed"
    assert sorted(left["tickets"].values()) == ["e911 closed", "order closed"]


async def test_an_activation_within_48_hours_of_the_location_is_held(actors: Actors, enterprise: str) -> None:
    soon = (datetime.now(UTC) + timedelta(hours=47)).isoformat()
    order_id = await actors.submit(forms.hosted(enterprise, requested_activation=soon))
    order = await actors.until(order_id, lambda order: order["state"] == "held")
    assert order["reason"].startswith("911 needs 48 hours")
    await actors.cancel(order_id, "the customer cannot wait")
    assert (await actors.until(order_id, ended))["state"] == "cancelled"


async def test_a_cancel_before_the_pivot_takes_everything_back(actors: Actors, enterprise: str) -> None:
    e911 = {"required": True, "reason": "location_later"}
    form = forms.hosted(enterprise, e911=e911, number_searches=[forms.search("201", 2)])
    order_id = await actors.submit(form)
    order = await actors.until(order_id, lambda order: order["state"] == "pending")
    assert (await left_by(actors, order))["number_states"] == {"reserved": 2}
    await actors.cancel(order_id, "ordered by mistake")
    order = await actors.until(order_id, ended)
    left = await left_by(actors, order)
    assert order["state"] == "cancelled"
    assert (left["numbers"], left["tickets_open"], left["charges_posted"]) == (0, 0, 0)


async def test_a_cancel_after_the_pivot_is_refused_with_the_reason(actors: Actors, enterprise: str) -> None:
    order_id = await actors.submit(forms.trunking(enterprise))
    await actors.until(order_id, lambda order: order["reason"].startswith("waiting for"))
    with pytest.raises(Refused) as refused:
        await actors.cancel(order_id, "changed our mind")
    assert (refused.value.status, refused.value.problem["code"]) == (409, "past-the-pivot")
    assert (await actors.order(order_id))["state"] == "inProgress"
