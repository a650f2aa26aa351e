"""`python -m tests.load.backlog --orders N`: N orders at once, deadlines far shorter than the backlog: none is undone.

Prints how many were undone and how many commands were sent again. `flood` does it on a stack that runs.
"""

import argparse
import asyncio
import json
import shutil
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from dialtone.invariants.checker import check_folder
from dialtone.stack.configuration import Options
from dialtone.stack.stack import Stack
from tests.load import orders
from tests.load.drive import Driver, OrdersFailed

FOLDER = Path(".dialtone/backlog")
PROGRESS = "SELECT run, progress FROM orders WHERE external_id LIKE 'BENCH-%'"


@dataclass(frozen=True, slots=True)
class Flood:
    """`undone` counts runs that turned back, whatever became of them later; there must be none."""

    orders: int
    seconds: float
    undone: int
    sent_again: int


async def flood(stack: Stack, count: int) -> Flood:
    """`count` trunking orders at once. Raises OrdersFailed at the first that is undone or stuck."""
    driver = Driver(stack, await orders.prepare(stack, count + 100, ["trunking"]))
    drive = await driver.many("trunking", count)
    connection = await asyncpg.connect(stack.dsn("order-intake"))
    try:
        rows = await connection.fetch(PROGRESS)
    finally:
        await connection.close()
    happened = Counter(line["what"] for _, progress in rows for line in json.loads(progress)["timeline"])
    undone = happened["undoing"] + sum(run - 1 for run, _ in rows)
    return Flood(count, round(count / drive.orders_per_s, 1), undone, happened["sent again"])


async def run(count: int, broker: str, patience: float) -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    quiet = {"LOG_LEVEL": "WARNING"}
    options = Options(folder=FOLDER, broker=broker, saga_patience=patience, environment={"*": quiet})  # type: ignore[arg-type]
    async with Stack(options) as stack:
        told = await flood(stack, count)
        broken = (await check_folder(stack.folder)).broken()
    print(
        f"{told.orders} orders at once, a step has {60 * patience:.0f} s: {told.undone} undone, "
        f"{told.sent_again} commands sent again, all done after {told.seconds} s"
    )
    if told.undone or broken:
        raise SystemExit("\n".join(broken) or 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=5000)
    parser.add_argument("--broker", choices=("kafka", "embedded"), default="kafka")
    parser.add_argument("--patience", type=float, default=0.1, help="of the saga; 0.1 is a tenth of production's")
    options = parser.parse_args()
    try:
        asyncio.run(run(options.orders, options.broker, options.patience))
    except OrdersFailed as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
