"""`make hostile`: everything a stranger can send, among five hundred good orders of another partner."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from dialtone.invariants.checker import check_folder
from dialtone.stack.configuration import Options
from dialtone.stack.kafka_jars import missing_tools
from dialtone.stack.stack import Stack
from tests.hostile.siege import Siege, besiege
from tests.load.drive import OrdersFailed


async def run(good: int, folder: Path) -> int:
    """0 when every good order was done, every attack ended as it should, and the invariants hold."""
    kind = "embedded" if missing_tools() else "kafka"
    print(f"{good} good orders alone, then among attacks, on the {kind} broker")
    async with Stack(Options(folder=folder, broker=kind)) as stack:  # type: ignore[arg-type]
        try:
            siege = await besiege(stack, good=good, scale=10, slow=True)
        except OrdersFailed as failed:
            print(f"NOT withstood: {failed}")
            return 1
        broken = (await check_folder(stack.folder)).broken()
    print(report(siege))
    print("the invariants hold" if not broken else "\n".join(broken))
    return 0 if siege.withstood and not broken else 1


def report(siege: Siege) -> str:
    lines = [f"{'ok ' if one.as_it_should else 'NOT'}  {name:<42} {one.words}" for name, one in siege.became.items()]
    for kind, calm in siege.calm.items():
        drives = [one[kind] for one in siege.besieged]
        slowest = max(drives, key=lambda one: one.p95_ms)
        lines.append(
            f"{sum(one.orders for one in drives)} good {kind} orders in {len(drives)} rounds, all done: "
            f"p50 {calm.p50_ms:.0f} -> {slowest.p50_ms:.0f} ms, p95 {calm.p95_ms:.0f} -> {slowest.p95_ms:.0f} ms "
            f"in the slowest round ({slowest.p95_ms / calm.p95_ms:.1f} times)"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=500)
    folder = Path(tempfile.mkdtemp(prefix="dialtone-hostile-"))
    try:
        sys.exit(asyncio.run(run(parser.parse_args().orders, folder)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
