"""What a stack costs that has nothing to do: CPU-ms a second, by process."""

import asyncio
from dataclasses import dataclass

from tests.load import meters

SETTLE, WATCH = 15.0, 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Idle:
    cpu_ms_per_s: dict[str, float]

    @property
    def together(self) -> float:
        return sum(self.cpu_ms_per_s.values())


async def measure(pids: meters.Pids, *, settle: float = SETTLE, watch: float = WATCH) -> Idle:
    await asyncio.sleep(settle)
    before = meters.moment(pids)
    await asyncio.sleep(watch)
    after = meters.moment(pids)
    cost = meters.cost(before, after, orders=1)
    return Idle({name: round(spent / (after.at - before.at), 1) for name, spent in cost.per_order.items()})
