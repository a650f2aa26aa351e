"""If the broker lost everything, every order would still finish."""

import asyncio

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended, waits
from dialtone.stack.stack import Stack
from tests.pipeline import forms


async def test_the_broker_restarts_empty_with_two_hundred_orders_running_and_all_finish(
    stack: Stack, actors: Actors, enterprise: str
) -> None:
    searches = [forms.search("215", 1)]
    trunks = [forms.search("215", 1, trunking=True)]
    wanted = [forms.hosted(enterprise, seats=1, number_searches=searches) for _ in range(20)]
    wanted += [forms.trunking(enterprise, number_searches=trunks) for _ in range(180)]
    ids = await asyncio.gather(*(actors.submit(form) for form in wanted))
    await stack.restart_broker_empty()
    orders = [
        await actors.until(order_id, lambda order: ended(order) or waits(order), patience=240) for order_id in ids
    ]
    assert [order["state"] for order in orders] == ["completed"] * 20 + ["inProgress"] * 180
    assert {order["run"] for order in orders} == {1}
    for order in orders[20:30]:
        await actors.resolve_trunking(order["id"])
    for order in orders[20:30]:
        assert (await actors.until(order["id"], ended))["state"] == "completed"
