"""Where the CPU time of a service goes while it handles orders: samples by function, in ms per order."""

import asyncio
import json
import os
import signal
import sysconfig
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from dialtone.stack.stack import Stack
from tests.load.drive import Driver
from tests.load.orders import Kind

SAMPLING = Path(__file__).resolve().parent / "sampling"
LIBRARIES = Path(sysconfig.get_paths()["purelib"])
STANDARD = Path(sysconfig.get_paths()["stdlib"])
ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Line:
    function: str
    own_ms: float
    whole_ms: float


@dataclass(frozen=True, slots=True)
class Profile:
    """Per order: the CPU time of the process, of the garbage collector in it, and of the functions.

    The collector's time is also counted at whatever functions it interrupted.
    """

    service: str
    cpu_ms: float
    collector_ms: float
    lines: tuple[Line, ...]

    def by_own(self, count: int) -> list[Line]:
        return sorted(self.lines, key=lambda one: -one.own_ms)[:count]

    def by_whole(self, count: int) -> list[Line]:
        return sorted(self.lines, key=lambda one: -one.whole_ms)[:count]


async def profile(stack: Stack, driver: Driver, kind: Kind, services: Iterable[str], orders: int) -> list[Profile]:
    """Restarts the services with a sampler in them and drives orders of one kind through the stack."""
    targets = {name: stack.folder / f"samples-{name}.json" for name in services}
    for name, target in targets.items():
        child = stack.services[name].child
        await child.stop()
        paths = [str(SAMPLING), *filter(None, [os.environ.get("PYTHONPATH")])]
        sampler = {"PYTHONPATH": os.pathsep.join(paths), "DIALTONE_SAMPLES": str(target)}
        child.environment = {**child.environment, **sampler}
        await stack.start_service(name)
    await driver.many(kind, min(orders, 200))
    _toggle(stack, targets)
    drive = await driver.many(kind, orders)
    _toggle(stack, targets)
    found = []
    for name, target in targets.items():
        await asyncio.to_thread(_wait_for, target)
        found.append(read(name, target, drive.cpu_ms_per_order[name], orders))
    return found


def _wait_for(target: Path, patience: float = 20.0) -> None:
    deadline = time.monotonic() + patience
    while not target.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"the samples {target} were not written within {patience:.0f} s")
        time.sleep(0.1)


def _toggle(stack: Stack, services: Iterable[str]) -> None:
    for name in services:
        pid = stack.pid(name)
        assert pid is not None
        os.kill(pid, signal.SIGUSR2)


def read(service: str, samples: Path, cpu_ms: float, orders: int) -> Profile:
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    total = 0
    found = json.loads(samples.read_text())
    for stack, count in found["stacks"]:
        named = [short(one) for one in stack]
        total += count
        own[named[0]] += count
        for function in set(named):
            whole[function] += count
    scale = cpu_ms / max(total, 1)
    lines = tuple(Line(one, round(own[one] * scale, 3), round(whole[one] * scale, 3)) for one in whole)
    return Profile(service, cpu_ms, round(found["collector"]["seconds"] / orders * 1000, 3), lines)


def short(function: str) -> str:
    path, _, name = function.partition(":")
    for root in (LIBRARIES, ROOT, STANDARD):
        if path.startswith(f"{root}/"):
            path = path.removeprefix(f"{root}/")
    return f"{path.rpartition('/src/')[2].removesuffix('.py')}:{name}"
