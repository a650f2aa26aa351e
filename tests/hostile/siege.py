"""One partner orders while another attacks: what became of each attack, and whether the first one noticed."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from dialtone.stack.stack import Stack
from tests.hostile import ground, records, requests
from tests.hostile.ground import Attack, Became, Ground
from tests.load import orders
from tests.load.drive import Drive, Driver
from tests.load.orders import Portal

ROUNDS = 12  # of good orders there are numbers for, at most
MOST_TIMES_SLOWER = 10.0  # on a machine that the attackers use as well
KINDS: tuple[orders.Kind, ...] = ("trunking", "hosted")


@dataclass(frozen=True, slots=True)
class Siege:
    """`calm` is the good partner alone, `besieged` the same orders among the attacks, again and again; by kind."""

    calm: dict[str, Drive]
    besieged: list[dict[str, Drive]]
    became: dict[str, Became]

    @property
    def withstood(self) -> bool:
        """Every good order was done (else the drive raises), in the usual time, and every attack ended as it should."""
        return self.in_usual_time and all(one.as_it_should for one in self.became.values())

    @property
    def in_usual_time(self) -> bool:
        """Attacks cost the machine something; they must not hold up whoever has nothing to do with them."""
        return all(
            drive.p95_ms < MOST_TIMES_SLOWER * self.calm[kind].p95_ms
            for drives in self.besieged
            for kind, drive in drives.items()
        )


async def besiege(stack: Stack, *, good: int, scale: int, slow: bool) -> Siege:
    """`good` orders are driven twice, a fifth of them hosted; `scale` multiplies what is sent against them.

    With `slow` requests are left half-sent too, which takes half a minute. Raises OrdersFailed when a good order is not
    done.
    """
    portal = await orders.prepare(stack, ROUNDS * good, KINDS)
    stranger = await _partner(stack, "Hostile Partner")
    driver = Driver(stack, portal)
    await driver.build_enterprise()
    calm = await _driven(driver, good)
    async with ground.entered(stack, stranger, portal, scale=scale) as entered:
        attacks = [*records.ATTACKS, *requests.ATTACKS, *(requests.SLOW if slow else ())]
        besieging = asyncio.create_task(_attack(entered, attacks))
        try:
            besieged = [await _driven(driver, good)]
            while not besieging.done():
                besieged.append(await _driven(driver, good))
            became = besieging.result()
        finally:
            besieging.cancel()
    return Siege(calm, besieged, became)


async def _driven(driver: Driver, good: int) -> dict[str, Drive]:
    hosted = max(good // 5, 1)
    return {"trunking": await driver.many("trunking", good - hosted), "hosted": await driver.many("hosted", hosted)}


async def _attack(entered: Ground, attacks: Sequence[Attack]) -> dict[str, Became]:
    """One after another, so that each can be told from the others; what breaks while it attacks has not held."""
    became = {}
    for attack in attacks:
        try:
            became[attack.name] = await attack.act(entered)
        except (TimeoutError, httpx.HTTPError, OSError, AssertionError, LookupError) as error:
            became[attack.name] = Became(f"nothing: {error!r}", as_it_should=False)
    return became


async def _partner(stack: Stack, name: str) -> Portal:
    async with orders.operator(stack) as client:
        answer = await client.post(f"{stack.url('order-intake')}/partners", json={"name": name})
        partner = answer.raise_for_status().json()
    return Portal(partner["partner_id"], partner["api_key"])
