"""If the broker lost everything, every order would still finish."""

import asyncio

import httpx

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended, waits
from dialtone.stack.stack import Stack
from testkit.time import eventually
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
        await actors.until(order_id, lambda order: ended(order) or waits(order), patience=480) for order_id in ids
    ]
    assert [order["state"] for order in orders] == ["completed"] * 20 + ["inProgress"] * 180
    assert {order["run"] for order in orders} == {1}
    for order in orders[20:30]:
        await actors.resolve_trunking(order["id"])
    for order in orders[20:30]:
        assert (await actors.until(order["id"], ended))["state"] == "completed"


async def test_a_service_that_starts_while_the_broker_is_away_takes_orders_and_they_finish_when_it_is_back(
    stack: Stack, actors: Actors, enterprise: str
) -> None:
    await stack.kill("order-intake")
    await stack.kill("broker")
    await stack.start_without_broker("order-intake")
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        ready, messaging = [
            await client.get(f"{stack.url('order-intake')}/health/{what}") for what in ("ready", "messaging")
        ]
    assert (ready.status_code, messaging.status_code) == (200, 503)
    assert set(messaging.json()["partitions"].values()) == {0}
    ids = [await actors.submit(forms.hosted(enterprise, seats=1)) for _ in range(3)]
    assert {(await actors.order(order_id))["state"] for order_id in ids} == {"acknowledged"}
    await stack.start_service("broker")
    orders = [await actors.until(order_id, ended, patience=480) for order_id in ids]
    assert [(order["state"], order["run"]) for order in orders] == [("completed", 1)] * 3
    await until_sound(stack)


async def until_sound(stack: Stack) -> None:
    """All services have their partitions again, and all that was to be sent was."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:

        async def sound() -> bool:
            urls = [f"{stack.url(name)}/health/messaging" for name in stack.services]
            return all([(await client.get(url)).status_code == 200 for url in urls])

        await eventually(sound)
