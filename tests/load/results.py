"""What a bench measured, and how it stands to its targets."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.load.drive import Drive
from tests.load.engines.measuring import Measured
from tests.load.floor import Floor
from tests.load.idle import Idle
from tests.load.postings import Postings
from tests.load.profiles import Profile

TRUNKING_CPU_MS, HOSTED_CPU_MS, IDLE_CPU_MS = 2.0, 24.0, 40.0
SHARE_OF_FLOOR, TIMES_FLOOR_ALONE = 0.65, 1.15
TIMES_DBOS, TIMES_ABSURD = 8.0, 2.5
SHARE_OF_BARE_SQL = 0.5
HOSTED_ALONE_MS = 400.0
RSS_MB = 130.0  # per service
SIMULATOR = "simulator"
PARTS = (SIMULATOR, "broker", "postgres")  # processes that are no services of ours


@dataclass(slots=True)
class Kind:
    """One kind of order: a drive of many, and the latencies of single ones."""

    drive: Drive
    single_p50_ms: float
    single_ms: list[float]

    def cpu_ms(self) -> float:
        """Of an order, in all processes but the simulator."""
        return sum(cost for name, cost in self.drive.cpu_ms_per_order.items() if name != SIMULATOR)

    def as_dict(self) -> dict[str, Any]:
        return {**asdict(self.drive), "single_p50_ms": self.single_p50_ms, "single_ms": self.single_ms}


@dataclass(slots=True)
class Target:
    name: str
    wanted: str
    measured: str
    missed_by: str = ""


@dataclass(slots=True)
class Bench:
    orders: int
    machine: dict[str, Any]
    broker: str
    kinds: dict[str, Kind] = field(default_factory=dict)
    idle: Idle | None = None
    floor: Floor | None = None
    engines: dict[str, Measured] = field(default_factory=dict)
    rss_mb: dict[str, float] = field(default_factory=dict)
    profiles: list[Profile] = field(default_factory=list)
    postings: Postings | None = None

    def targets(self) -> list[Target]:
        found = []
        if trunking := self.kinds.get("trunking"):
            found += self._of_trunking(trunking)
        if hosted := self.kinds.get("hosted"):
            found.append(_at_most("CPU-ms of a hosted order, without the simulator", HOSTED_CPU_MS, hosted.cpu_ms()))
            found.append(_at_most("one hosted order alone, p50 ms", HOSTED_ALONE_MS, hosted.single_p50_ms))
        if self.postings:
            share = self.postings.ours_per_s / self.postings.bare_per_s
            found.append(_at_least("postings/s to bare SQL's", SHARE_OF_BARE_SQL, share))
        if self.idle:
            found.append(_at_most("CPU-ms a second of an idle stack", IDLE_CPU_MS, self.idle.together))
        for name, peak in self.rss_mb.items():
            if name not in PARTS:
                found.append(_at_most(f"peak RSS of {name}, MB", RSS_MB, peak))
        return found

    def _of_trunking(self, trunking: Kind) -> list[Target]:
        rate, cost = trunking.drive.orders_per_s, trunking.cpu_ms()
        found = [_at_most("CPU-ms of a trunking order, all processes", TRUNKING_CPU_MS, cost)]
        if self.floor:
            share = rate / self.floor.orders_per_s
            found.append(_at_least("trunking orders/s to the floor's", SHARE_OF_FLOOR, share))
            times = trunking.single_p50_ms / self.floor.single_p50_ms
            found.append(_at_most("one trunking order alone to the floor's, p50", TIMES_FLOOR_ALONE, times))
        if absurd := self.engines.get("absurd"):
            times = absurd.cpu_ms_together / cost
            found.append(_at_least("trunking orders per CPU-second to absurd's", TIMES_ABSURD, times))
        if dbos := self.engines.get("dbos"):
            times = rate / dbos.workflows_per_s
            found.append(_at_least("trunking orders/s to DBOS's", TIMES_DBOS, times))
        return found

    def as_dict(self) -> dict[str, Any]:
        return {
            **{name: kind.as_dict() for name, kind in self.kinds.items()},
            "idle": asdict(self.idle) if self.idle else None,
            "floor": asdict(self.floor) if self.floor else None,
            **{name: engine.as_dict() for name, engine in self.engines.items()},
            "postings": asdict(self.postings) if self.postings else None,
            "rss_mb": self.rss_mb,
            "machine": self.machine,
            "orders": self.orders,
            "broker": self.broker,
            "targets": [asdict(one) | {"met": not one.missed_by} for one in self.targets()],
            "profiles": [_profile_as_dict(one) for one in self.profiles],
        }

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_dict(), indent=2) + "\n")


def _at_least(name: str, wanted: float, measured: float) -> Target:
    missed = "" if measured >= wanted else f"{(1 - measured / wanted) * 100:.0f} % too few"
    return Target(name, f">= {wanted:g}", f"{measured:.2f}", missed)


def _at_most(name: str, wanted: float, measured: float) -> Target:
    missed = "" if measured <= wanted else f"{(measured / wanted - 1) * 100:.0f} % too much"
    return Target(name, f"<= {wanted:g}", f"{measured:.2f}", missed)


def _profile_as_dict(profile: Profile) -> dict[str, Any]:
    return {
        "service": profile.service,
        "cpu_ms_per_order": profile.cpu_ms,
        "garbage_collector_ms": profile.collector_ms,
        "by_own": [asdict(one) for one in profile.by_own(40)],
        "by_whole": [asdict(one) for one in profile.by_whole(60)],
    }
