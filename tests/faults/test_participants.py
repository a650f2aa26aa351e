"""Any process may die anywhere: whatever is killed in mid-order and started again, every order ends."""

import asyncio

import pytest

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended, waits
from dialtone.stack.stack import Stack
from tests.pipeline import forms


@pytest.mark.parametrize(
    "name", ["order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing", "postgres"]
)
async def test_a_process_killed_in_mid_order_loses_nothing(
    stack: Stack, actors: Actors, enterprise: str, name: str
) -> None:
    searches = [forms.search("212", 1)]
    trunks = [forms.search("212", 1, trunking=True)]
    wanted = [forms.hosted(enterprise, seats=2, number_searches=searches) for _ in range(8)]
    wanted += [forms.trunking(enterprise, number_searches=trunks) for _ in range(22)]
    ids = await asyncio.gather(*(actors.submit(form) for form in wanted))
    await stack.kill(name)
    await stack.start_service(name)
    orders = [
        await actors.until(order_id, lambda order: ended(order) or waits(order), patience=120) for order_id in ids
    ]
    assert [order["state"] for order in orders] == ["completed"] * 8 + ["inProgress"] * 22
    assert {order["run"] for order in orders} == {1}
    assert len({one["number"] for order in orders for one in order["numbers"]["reserved"]}) == 30
