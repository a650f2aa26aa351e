"""Several replicas of every service, and what befalls them: kills, freezes, deploys."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from dialtone.invariants.checker import check_folder
from dialtone.stack.services import SERVICES
from dialtone.stack.stack import Stack
from tests.replicas.traffic import LONGEST, Traffic

PATIENT = {"*": {"HTTP_REQUESTS_PER_SECOND": "1000", "HTTP_REQUESTS_BURST": "2000"}}  # who watches asks often
LONGEST_FREEZE = 25.0  # seconds; beyond a turn in BroadWorks, a session of Kafka, and the silence of a relay
HIT_OFTEN = ["broadsoft-provisioner"] * 4  # it is in the middle of something longest


@dataclass(frozen=True, slots=True)
class Report:
    """`befell` counts what happened to replicas, `became` what orders became; `wrong` and `broken` must be empty."""

    befell: Counter[str]
    became: Counter[str]
    wrong: list[str]
    broken: list[str]


async def chaos(
    stack: Stack, *, replicas: int, seconds: float, pause: float, chance: random.Random, break_every: float
) -> Report:
    """Orders go in every `pause` seconds, and something befalls a replica every `break_every` seconds."""
    for service in SERVICES:
        for _ in range(replicas - 1):
            await stack.add_replica(service.name)
    traffic = Traffic(stack, chance)
    befell: Counter[str] = Counter()
    try:
        await traffic.prepare()
        async with asyncio.TaskGroup() as group:
            flowing = group.create_task(traffic.flow(pause))
            await _break_things(stack, chance, befell, seconds, break_every)
            flowing.cancel()
        became, wrong = await traffic.outcome()
    finally:
        await traffic.close()
    # What was read of a dead or frozen replica comes again to another, and may wait for a turn in BroadWorks.
    return Report(befell, became, wrong, (await check_folder(stack.folder, patience=LONGEST)).broken())


async def _break_things(
    stack: Stack, chance: random.Random, befell: Counter[str], seconds: float, every: float
) -> None:
    """One replica of a service at a time; all are alive and awake at the end."""
    clock = asyncio.get_running_loop().time
    names = [*(service.name for service in SERVICES), *HIT_OFTEN]
    hits: list[Callable[[Stack, str, random.Random], Awaitable[None]]] = [_kill, _freeze, _freeze, _deploy]
    until = clock() + seconds
    while clock() < until:
        await asyncio.sleep(every)
        part = chance.choice(stack.replicas_of(chance.choice(names)))
        hit = chance.choice(hits)
        await hit(stack, part, chance)
        befell[f"{hit.__name__.strip('_')} {part}"] += 1


async def _kill(stack: Stack, part: str, chance: random.Random) -> None:
    await stack.kill(part)
    await asyncio.sleep(chance.uniform(0, 3))
    await stack.start_service(part)


async def _freeze(stack: Stack, part: str, chance: random.Random) -> None:
    stack.freeze(part)
    try:
        await asyncio.sleep(chance.uniform(5, LONGEST_FREEZE))
    finally:
        stack.thaw(part)


async def _deploy(stack: Stack, part: str, _: random.Random) -> None:
    await stack.deploy(part)
