"""`make replicas`: orders go in while replicas are killed, frozen and deployed; BroadWorks takes half a second."""

import argparse
import asyncio
import random
import shutil
import sys
from pathlib import Path

from dialtone.seeds import seed
from dialtone.stack.configuration import Options
from dialtone.stack.stack import Stack
from tests.replicas.chaos import PATIENT, Report, chaos

FOLDER = Path(".dialtone/replicas")


async def run(replicas: int, minutes: float, number: int) -> Report:
    shutil.rmtree(FOLDER, ignore_errors=True)
    print(f"{replicas} replicas of every service for {minutes:g} minutes on Apache Kafka, chance {number}")
    options = Options(folder=FOLDER, broker="kafka", simulator_latency=0.5, environment=PATIENT)
    async with Stack(options) as stack:
        await seed(stack)
        chance = random.Random(number)
        return await chaos(stack, replicas=replicas, seconds=minutes * 60, pause=1.0, chance=chance, break_every=3)


def told(report: Report) -> str:
    lines = [f"{count:5}  {what}" for what, count in sorted(report.befell.items())]
    lines += [f"{count:5}  orders {what}" for what, count in sorted(report.became.items())]
    lines += report.wrong + report.broken
    lines += [] if report.broken else ["the invariants hold"]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replicas", type=int, nargs="+", default=[2, 3])
    parser.add_argument("--minutes", type=float, default=20, help="together")
    parser.add_argument("--chance", type=int, default=random.randrange(10_000), help="the same number, the same chaos")
    options = parser.parse_args()
    sound = True
    for replicas in options.replicas:
        report = asyncio.run(run(replicas, options.minutes / len(options.replicas), options.chance))
        print(told(report))
        sound = sound and not report.wrong and not report.broken
    sys.exit(0 if sound else 1)


if __name__ == "__main__":
    main()
