"""DBOS beside us: workflows of empty steps, as many as a trunking saga has commands, on the same PostgreSQL server.

`python -m tests.load.workflows --dsn ... --count N --steps 5`, a process of its own; prints one JSON object.
"""

import argparse
import asyncio
import json
import logging
import time
from statistics import median

import psutil
from dbos import DBOS, DBOSConfig

AT_ONCE = 50
ALONE = 20
STEPS = 5


@DBOS.step()
async def empty_step(number: int) -> int:
    return number


@DBOS.workflow()
async def order(steps: int) -> int:
    """Every step is checkpointed in PostgreSQL, and so are the beginning and the end."""
    for number in range(steps):
        await empty_step(number)
    return steps


async def measure(count: int, steps: int) -> dict[str, float]:
    for _ in range(10):
        await order(steps)
    alone = []
    for _ in range(ALONE):
        began = time.perf_counter()
        await order(steps)
        alone.append((time.perf_counter() - began) * 1000)
    slots = asyncio.Semaphore(AT_ONCE)

    async def one() -> None:
        async with slots:
            await order(steps)

    await asyncio.gather(*(one() for _ in range(AT_ONCE)))
    process = psutil.Process()
    before, began = sum(process.cpu_times()[:2]), time.perf_counter()
    await asyncio.gather(*(one() for _ in range(count)))
    took = time.perf_counter() - began
    return {
        "workflows_per_s": round(count / took, 1),
        "single_p50_ms": round(median(alone), 1),
        "cpu_ms_per_workflow": round((sum(process.cpu_times()[:2]) - before) / count * 1000, 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": options.dsn,
        "log_level": "ERROR",
        "enable_otlp": False,
    }
    DBOS(config=config)
    DBOS.launch()
    print(json.dumps(asyncio.run(measure(options.count, options.steps))), flush=True)
    DBOS.destroy()


if __name__ == "__main__":
    main()
