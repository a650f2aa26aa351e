"""`python -m tests.load.soak --orders N`: N trunking orders, and whether what a stack holds stays as large as it was.

A line for each tenth of them: rate, CPU, memory, and what is queued when all of the tenth is done. What is queued must
be gone each time, and the last tenth must be as the second was, within what `WITHIN` allows; else the run fails.
"""

import argparse
import asyncio
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
from rich.console import Console
from rich.table import Table

from dialtone.invariants.checker import check_folder
from dialtone.stack.configuration import Options
from dialtone.stack.stack import Stack
from tests.load import meters, orders
from tests.load.drive import Driver, OrdersFailed, dsns, pids
from tests.load.results import PARTS
from tests.load.warming import warm_broker

FOLDER = Path(".dialtone/soak")
PARTS_OF_RUN = 10
WITHIN = {"CPU-ms per order": 1.25, "memory of services, MB": 1.15, "dead rows of queues": 3.0, "MB of queues": 1.5}
AT_LEAST = {"dead rows of queues": 20_000.0, "MB of queues": 40.0}  # as large as a drive alone may make them
QUEUES = ["outbox", "waiting", "unsendable"]
DEAD = "SELECT coalesce(sum(n_dead_tup), 0)::float8 FROM pg_stat_user_tables WHERE relname = ANY($1)"
SIZE = "SELECT sum(pg_total_relation_size(name::regclass))::float8 FROM unnest($1::text[]) AS name"
out = Console()


@dataclass(frozen=True, slots=True)
class Look:
    """After a tenth: `queued` counts what waits to be sent or read anywhere, `grown` is what must stay as it was."""

    rate: float
    grown: Mapping[str, float]
    queued: int


def faults(looks: list[Look]) -> Iterable[str]:
    """What grew from the second look to the last; the first one warms everything up."""
    for number, look in enumerate(looks, 1):
        if look.queued:
            yield f"after part {number}, {look.queued} messages were still queued"
    early, late = looks[1], looks[-1]
    for name, times in WITHIN.items():
        most = max(early.grown[name] * times, AT_LEAST.get(name, 0.0))
        if late.grown[name] > most:
            yield f"{name}: {early.grown[name]:.1f} in part 2, {late.grown[name]:.1f} in the last; at most {most:.1f}"


async def soak(stack: Stack, count: int, parts: int = PARTS_OF_RUN) -> list[Look]:
    """`count` trunking orders in so many parts, one after another."""
    driver = Driver(stack, await orders.prepare(stack, count + 100, ["trunking"]))
    return [await _part(stack, driver, count // parts) for _ in range(parts)]


async def _part(stack: Stack, driver: Driver, count: int) -> Look:
    drive = await driver.many("trunking", count)
    queued = await _queued_in_the_end(stack)
    dead = size = 0.0
    for dsn in dsns(stack).values():
        connection = await asyncpg.connect(dsn)
        try:
            dead += await connection.fetchval(DEAD, QUEUES)
            size += await connection.fetchval(SIZE, QUEUES) / 1e6
        finally:
            await connection.close()
    memory = meters.rss_mb({name: pid for name, pid in pids(stack).items() if name not in PARTS})
    cpu = sum(cost for name, cost in drive.cpu_ms_per_order.items() if name != "portal")
    measures = (cpu, sum(memory.values()), dead, size)
    return Look(drive.orders_per_s, dict(zip(WITHIN, measures, strict=True)), queued)


async def _queued_in_the_end(stack: Stack) -> int:
    """Measured by the services themselves every few seconds; 0 as soon as it is, else what is left after a minute."""
    left = 0
    for _ in range(60):
        left = sum([await _queued(stack.url(name)) for name in stack.services])
        if not left:
            break
        await asyncio.sleep(1)
    return left


async def _queued(url: str) -> int:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
        told = (await client.get(f"{url}/health/messaging")).json()
    return int(sum(told["lag"].values()) + told["outbox"]["pending"] + told["waiting"]["messages"] + told["unsendable"])


def show(looks: list[Look]) -> None:
    table = Table(title="each part of the run", title_justify="left")
    for name in ("part", "orders/s", *WITHIN, "queued"):
        table.add_column(name, justify="right")
    for number, look in enumerate(looks, 1):
        table.add_row(
            str(number), f"{look.rate:.0f}", *(f"{look.grown[name]:.1f}" for name in WITHIN), str(look.queued)
        )
    out.print(table)


async def run(count: int) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    options = Options(folder=FOLDER, broker="kafka", environment={"*": {"LOG_LEVEL": "WARNING"}})
    async with Stack(options) as stack:
        await warm_broker(stack.broker.bootstrap)
        looks = await soak(stack, count)
        show(looks)
        broken = (await check_folder(stack.folder)).broken()
    if wrong := [*faults(looks), *broken]:
        raise SystemExit("\n".join(wrong))
    print(f"{count} orders: nothing was left queued, nothing grew, and the invariants hold")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000)
    options = parser.parse_args()
    if not 1_000 <= options.orders <= 200_000:
        parser.error("--orders is from 1000 to 200000")
    try:
        asyncio.run(run(options.orders))
    except OrdersFailed as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
