"""Orders that go in all the while: into enterprises of their own and shared ones, several at once for one customer."""

import asyncio
import contextlib
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended, fell_out, waits
from dialtone.seeds import partner_of
from dialtone.stack.stack import Stack
from tests.pipeline import forms
from tests.pipeline.kafka_portal import Portal

STOCK = ("+12012000000", "+12122000000")
SHARED = 3  # enterprises that many orders are for
LONGEST = 300.0  # seconds until the last order has ended


def ended_well(order: dict[str, Any]) -> bool:
    """Completed, or all that waits for people is left; at the first go."""
    return order["run"] == 1 and (order["state"] == "completed" or waits(order))


class Traffic:
    """External ids: `good` are orders that must end well, `unwanted` are cancelled by their portal on the way."""

    def __init__(self, stack: Stack, chance: random.Random) -> None:
        self._stack, self._chance = stack, chance
        self._actors, self._portal = Actors(stack), Portal(stack)
        self._enterprises: list[str] = []
        self._customers: list[dict[str, Any]] = []
        self._cancelling: set[asyncio.Task[None]] = set()
        self.good: list[str] = []
        self.unwanted: list[str] = []

    async def prepare(self) -> None:
        """The shared enterprises, and stock for all."""
        await self._portal.start()
        for first in STOCK:
            await self._actors.bring_stock(first, 5000)
        made = [forms.hosted(f"Shared {number} {forms.SESSION}", kind="new-enterprise") for number in range(SHARED)]
        for order_id in [await self._actors.submit(form) for form in made]:
            await self._actors.until(order_id, ended, patience=120)
        self._enterprises = [form["enterprise"] for form in made]
        self._customers = [{"enterprise": form["enterprise"], "customer": form["customer"]} for form in made]

    async def flow(self, pause: float) -> None:
        """One after another, `pause` seconds apart, until cancelled. Some come in twos, for one customer."""
        kinds: list[tuple[Callable[[], list[dict[str, Any]]], int]] = [
            (self._group, 4),
            (self._enterprise, 2),
            (self._seats_twice, 2),
            (self._trunk, 2),
        ]
        makers, weights = zip(*kinds, strict=True)
        while True:
            (make,) = self._chance.choices(makers, weights)
            wanted = make()
            for form in wanted:
                await self._portal.submit(form)
            if len(wanted) == 1 and self._chance.random() < 0.5:
                self._cancel_soon(wanted[0]["external_id"])
            else:
                self.good += [form["external_id"] for form in wanted]
            await asyncio.sleep(pause)

    async def outcome(self) -> tuple[Counter[str], list[str]]:
        """When all have ended: how many became what, and each that did not end as it should, with the reason."""
        await asyncio.gather(*self._cancelling)
        became: Counter[str] = Counter()
        wrong: list[str] = []
        for what, external_ids, is_well in (
            ("good", self.good, ended_well),
            ("cancelled on the way", self.unwanted, lambda order: not fell_out(order)),
        ):
            for external_id in external_ids:
                order = await self._ended(external_id)
                became[f"{what}: {order['state']}"] += 1
                if not is_well(order):
                    wrong.append(f"{external_id} is {order['state']} in run {order['run']}: {order['reason']}")
        return became, wrong

    async def close(self) -> None:
        for task in self._cancelling:
            task.cancel()
        await self._portal.stop()
        await self._actors.close()

    async def _ended(self, external_id: str) -> dict[str, Any]:
        order_id = await self._actors.order_of(external_id, patience=LONGEST)
        return await self._actors.until(
            order_id, lambda order: ended(order) or waits(order) or fell_out(order), patience=LONGEST
        )

    def _cancel_soon(self, external_id: str) -> None:
        self.unwanted.append(external_id)
        task = asyncio.create_task(self._cancel(external_id, self._chance.uniform(1.0, 10.0)))
        self._cancelling.add(task)

    async def _cancel(self, external_id: str, after: float) -> None:
        """Whichever replica answers; an order that is done by then is not cancelled any more."""
        await asyncio.sleep(after)
        headers = {"authorization": f"Bearer {partner_of(self._stack).key}"}
        replicas = self._stack.replicas_of("order-intake")
        async with httpx.AsyncClient(trust_env=False, timeout=3, headers=headers) as client:
            for _ in range(40):
                url = self._stack.url(self._chance.choice(replicas))
                with contextlib.suppress(httpx.TransportError):
                    found = await client.get(f"{url}/orders", params={"external_id": external_id})
                    if found.is_success and found.json():
                        path = f"{url}/orders/{found.json()[0]['id']}/cancel"
                        if (await client.post(path, json={"reason": "not wanted"})).status_code < 500:
                            return
                await asyncio.sleep(0.5)

    def _group(self) -> list[dict[str, Any]]:
        return [self._hosted(self._chance.choice(self._enterprises))]

    def _enterprise(self) -> list[dict[str, Any]]:
        """Their domain is the same for all: a thing of the whole system that one must not take from another."""
        return [self._hosted(f"Own {next(forms.SERIAL)} {forms.SESSION}", kind="new-enterprise")]

    def _seats_twice(self) -> list[dict[str, Any]]:
        """Both plan extensions in one group."""
        customer = self._chance.choice(self._customers)
        return [self._hosted(kind="add-services", **customer) for _ in range(2)]

    def _hosted(self, enterprise: str, **more: Any) -> dict[str, Any]:
        return forms.hosted(enterprise, number_searches=[forms.search("212", 1)], **more)

    def _trunk(self) -> list[dict[str, Any]]:
        searches = [forms.search("201", 1, trunking=True)]
        return [forms.trunking(self._chance.choice(self._enterprises), number_searches=searches)]
