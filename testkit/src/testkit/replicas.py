"""Many processes of a service over one database, that read the same batches: as when partitions change hands."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from random import Random
from typing import Any, TypeVar

import asyncpg

from chassis.messaging.boundary import Boundary
from chassis.process.parts import Parts
from chassis.runtime.database import Pool, connect
from chassis.runtime.settings import ServiceSettings
from testkit.delivery import in_another_order, work_off
from testkit.records import FakeRecord

S = TypeVar("S", bound=ServiceSettings)
Compose = Callable[[S, Pool], Awaitable[Parts]]
BOUND = 120  # seconds, should they wait for ever
CLIENTS, TURNS, ORDERS = 32, 3, 12
Begins = Callable[[str], FakeRecord]
Later = Callable[[str, Random], FakeRecord]


def generations(begins: Begins, later: Later) -> list[list[list[FakeRecord]]]:
    """Batches of many clients: in each turn orders begin, and something happens to those that began before."""
    return [_generations(f"o-{client}", Random(client), begins, later) for client in range(CLIENTS)]


def _generations(name: str, chance: Random, begins: Begins, later: Later) -> list[list[FakeRecord]]:
    found: list[list[FakeRecord]] = []
    begun: list[str] = []
    for turn in range(TURNS):
        records = [later(order_id, chance) for order_id in begun]
        begun = [f"{name}-{turn}-{place}" for place in range(ORDERS)]
        records += [begins(order_id) for order_id in begun]
        chance.shuffle(records)
        found.append(records)
    return found


@asynccontextmanager
async def boundaries(compose: Compose[S], settings: S, count: int, connections: int) -> AsyncIterator[list[Boundary]]:
    """Each with a pool of its own; all their connections are closed at the end."""
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(count):
            pool = await connect(settings.database_url, connections=connections)
            stack.push_async_callback(pool.close)
            found.append(Boundary((await compose(settings, pool)).service, pool, settings))
        yield found


async def read_twice(compose: Compose[Any], settings: Any, clients: Sequence[Sequence[Sequence[Any]]]) -> None:
    """Each client has batches, one after another; two processes read each at once, in another order of keys."""
    async with asyncio.timeout(BOUND), boundaries(compose, settings, 8, 2 * len(clients) // 8) as replicas:
        await asyncio.gather(*(_read(replicas, place, batches) for place, batches in enumerate(clients)))
        while await _waits(settings.database_url):
            await work_off(replicas[0])


async def _read(replicas: Sequence[Boundary], place: int, batches: Sequence[Sequence[Any]]) -> None:
    one, other = replicas[place % len(replicas)], replicas[(place + 1) % len(replicas)]
    for batch in batches:
        await asyncio.gather(one.handle(batch), other.handle(in_another_order(batch)))


async def _waits(url: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        return bool(await connection.fetchval("SELECT EXISTS (SELECT FROM waiting)"))
    finally:
        await connection.close()
