"""What an engine costs, whichever it is: many workflows at once, and one alone."""

import time
from collections.abc import Awaitable
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any, Protocol

from tests.load import meters

# To take the order in, to price it, to reserve its numbers, and to open tickets.
STEPS = 4
WARM = 100
ALONE = 20


class Engine(Protocol):
    """On a database of its own, ready to run."""

    async def alone(self) -> None:
        """One workflow, from its submit to its end."""
        ...

    def many(self, count: int) -> Awaitable[None]:
        """As many workflows, submitted as fast as they are taken, to the end of the last."""
        ...


@dataclass(frozen=True, slots=True)
class Measured:
    """CPU-ms are of its own process and of PostgreSQL's, for each workflow."""

    workflows_per_s: float
    single_p50_ms: float
    cpu_ms: dict[str, float]

    @property
    def cpu_ms_together(self) -> float:
        return sum(self.cpu_ms.values())

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"cpu_ms_together": round(self.cpu_ms_together, 2)}


async def measure(engine: Engine, count: int, pids: meters.Pids) -> Measured:
    await engine.many(WARM)
    alone = []
    for _ in range(ALONE):
        began = time.perf_counter()
        await engine.alone()
        alone.append((time.perf_counter() - began) * 1000)
    before = meters.moment(pids)
    await engine.many(count)
    after = meters.moment(pids)
    cost = meters.cost(before, after, count)
    return Measured(round(count / (after.at - before.at), 1), round(median(alone), 1), cost.per_order)
