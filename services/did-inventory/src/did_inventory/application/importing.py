"""Stock comes in: all of it or nothing, and what backorders wait for goes to them at once."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chassis.messaging.unit import Unit, Units
from did_inventory.application.delivery import stock_arrived
from did_inventory.application.locking import lock_stock
from did_inventory.store import numbers

BATCH = 10_000  # numbers of one statement
MANY = 1_000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where the numbers are from."""

    rate_center: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class Arrived:
    """How many are new, how many were known, and how many of the new ones went on to which order."""

    added: int
    known: int
    delivered: dict[str, int]


async def bring_in(work: Units, stock: Sequence[str], origin: Origin) -> Arrived:
    """`stock` is sorted and has each number once: so two imports cannot wait for each other."""
    async with work.begin() as unit:
        arrived = await take_in(unit, stock, origin)
    if arrived.added >= MANY:
        await numbers.analyze(work.pool)
    return arrived


async def take_in(unit: Unit, stock: Sequence[str], origin: Origin) -> Arrived:
    """`stock` as above."""
    await lock_stock(stock, unit.connection)
    added, delivered = 0, Counter[str]()
    for start in range(0, len(stock), BATCH):
        batch = stock[start : start + BATCH]
        new = await numbers.add(unit.connection, batch, origin.rate_center, origin.region, unit.business_now)
        delivered.update(await stock_arrived(new, unit))
        added += len(new)
    return Arrived(added, len(stock) - added, dict(delivered))
