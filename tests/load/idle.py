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
    took = after.at - before.at
    spent = {name: after.spent[name] - before.spent[name] for name in after.spent if name in before.spent}
    return Idle({name: round(one / took * 1000, 1) for name, one in spent.items()})
