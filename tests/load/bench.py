"""`python -m tests.load.bench --orders N`: orders through the stack, the floor, absurd and DBOS.

Prints a table with the targets and writes it to `.dialtone/bench.json`. A missed target is no failure; an order that
does not end as it should, and a broken invariant, are.
"""

import argparse
import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

from dialtone.invariants.checker import check_folder
from dialtone.stack.configuration import Options
from dialtone.stack.errors import StackError
from dialtone.stack.services import BY_NAME
from dialtone.stack.stack import Stack
from tests.load import engines, floor, idle, meters, orders, postings, profiles, shape
from tests.load.drive import Driver, OrdersFailed, percentiles, pids
from tests.load.orders import Kind as OrderKind
from tests.load.report import out, show
from tests.load.results import Bench, Kind
from tests.load.shape import Shape
from tests.load.warming import warm_broker

FOLDER = Path(".dialtone/bench")
RESULT = Path(".dialtone/bench.json")
WARM = 500
SINGLES = 15
SINGLES_WARM = 3
PARTS = ("trunking", "hosted", "idle", "floor", *engines.NAMES, "postings")
POSTINGS = 50  # for each order
LONGEST = 3600.0


class InvariantsBroken(Exception):
    """The orders went through, but what they left behind does not fit together."""


def say(sentence: str) -> None:
    out.print(f"[dim]{sentence}[/]", highlight=False)


class Run:
    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self._parts: tuple[str, ...] = (options.only,) if options.only else PARTS
        self._shape = Shape()
        self.bench = Bench(options.orders, meters.machine(), options.broker)

    async def run(self) -> None:
        shutil.rmtree(FOLDER, ignore_errors=True)
        quiet = {"LOG_LEVEL": "WARNING"}
        options = Options(folder=FOLDER, broker=self._options.broker, saga_patience=1.0, environment={"*": quiet})
        async with Stack(options, progress=lambda name, state: say(f"{name}: {state}")) as stack:
            watch = asyncio.create_task(stack.watch())
            work = asyncio.create_task(self._measure(stack))
            try:
                await asyncio.wait([watch, work], return_when=asyncio.FIRST_COMPLETED, timeout=LONGEST)
                if watch.done():
                    raise watch.result()
                if not work.done():
                    raise OrdersFailed(f"not finished after {LONGEST:.0f} s")
                work.result()
            finally:
                for task in (watch, work):
                    task.cancel()
                await asyncio.gather(watch, work, return_exceptions=True)

    async def _measure(self, stack: Stack) -> None:
        kinds: list[OrderKind] = [one for one in ("trunking", "hosted") if one in self._parts]
        if stack.broker.kind == "kafka":
            say(f"the broker: warming up with {await warm_broker(stack.broker.bootstrap)} records")
        profiled = [self._options.profile] if self._options.profile else []
        driver = None
        if kinds or profiled:
            most = 2 * self._options.orders + WARM + 100
            portal = await orders.prepare(stack, most, sorted({*kinds, "trunking"}))
            driver = Driver(stack, portal)
        for kind in kinds:
            assert driver is not None
            self.bench.kinds[kind] = await self._orders(driver, kind)
        self.bench.rss_mb = meters.peak_rss_mb(pids(stack))
        if kinds:
            await check(stack)
        if "idle" in self._parts:
            say("an idle stack")
            self.bench.idle = await idle.measure(pids(stack))
        await self._beside(stack)
        if driver is not None and (profiled or self.bench.kinds):
            await self._profile(stack, driver, profiled)

    async def _beside(self, stack: Stack) -> None:
        """What is measured for comparison, on the same servers, with the services stopped."""
        if not {"floor", *engines.NAMES, "postings"} & {*self._parts}:
            return
        for part in stack.services.values():
            await part.stop()
        if "floor" in self._parts:
            say("the floor")
            self.bench.floor = await floor.measure(stack, self._shape, self._options.orders, singles=SINGLES)
        for name in engines.NAMES:
            if name in self._parts:
                say(name)
                self.bench.engines[name] = await engines.measure(stack, name, self._options.orders)
        if "postings" in self._parts:
            say("a month for many subscriptions")
            self.bench.postings = await postings.measure(stack, POSTINGS * self._options.orders)

    async def _orders(self, driver: Driver, kind: OrderKind) -> Kind:
        count = self._options.orders
        say(f"{kind}: warming up")
        if kind == "hosted":
            await driver.build_enterprise()
        warm = await driver.many(kind, min(count, WARM if kind == "trunking" else 20), look_inside=kind == "trunking")
        if kind == "trunking":
            self._shape = shape.measured(warm.messages, warm.rows)
        say(f"{kind}: {SINGLES} orders one at a time")
        single = (await driver.single(kind, SINGLES_WARM + SINGLES))[SINGLES_WARM:]
        say(f"{kind}: {count} orders")
        drive = await driver.many(kind, count)
        drive.messages, drive.rows = warm.messages, warm.rows
        return Kind(drive, percentiles(single)[0], [round(one, 1) for one in single])

    async def _profile(self, stack: Stack, driver: Driver, wanted: Sequence[str]) -> None:
        """Of what was asked for; else, when a target of throughput was missed, of the service that costs most."""
        trunking = self.bench.kinds.get("trunking")
        missed = any(one.missed_by for one in self.bench.targets() if one.name.startswith("trunking"))
        if not wanted and missed and trunking:
            cost = {name: one for name, one in trunking.drive.cpu_ms_per_order.items() if name in stack.services}
            wanted = [max(cost, key=lambda name: cost[name])]
        if not wanted:
            return
        for name, part in stack.services.items():
            if part.pid is None and name not in wanted:
                await stack.start_service(name)
        say(f"profile of {', '.join(wanted)}")
        kind: OrderKind = "hosted" if self._options.only == "hosted" else "trunking"
        self.bench.profiles = await profiles.profile(stack, driver, kind, wanted, min(self._options.orders, 2000))


async def check(stack: Stack) -> None:
    report = await check_folder(stack.folder)
    if broken := report.broken():
        raise InvariantsBroken("\n".join(broken))
    say(f"the invariants hold, over {report.orders} orders")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=2000, help="of each kind (default 2000)")
    parser.add_argument("--broker", choices=("kafka", "embedded"), default="kafka")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument(
        "--profile",
        choices=sorted(BY_NAME),
        help="also print where this service's CPU time goes (trunking orders, or with --only hosted, those)",
    )
    options = parser.parse_args()
    if not 10 <= options.orders <= 20_000:
        parser.error("--orders is from 10 to 20000")
    run, failure = Run(options), ""
    try:
        asyncio.run(run.run())
    except (OrdersFailed, InvariantsBroken, StackError) as error:
        failure = f"{type(error).__name__}: {error}"
    show(run.bench)
    run.bench.write(RESULT)
    out.print(f"written to {RESULT}", highlight=False)
    if failure:
        out.print(f"[red]{failure}[/]", highlight=False)
        raise SystemExit(1)


if __name__ == "__main__":
    main()
