"""What was measured, beside its targets: a table for people, `bench.json` for programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.load.drive import Drive
from tests.load.floor import Floor
from tests.load.profiles import Profile

TIMES_DBOS, SHARE_OF_FLOOR = 8.0, 0.40
SINGLE = {"trunking": 150.0, "hosted": 400.0}  # ms
RSS_MB = 130.0  # per service
PARTS = ("simulator", "broker", "postgres")  # processes that are no services of ours
out = Console()


@dataclass(slots=True)
class Kind:
    """One kind of order: a drive of many, and the latencies of single ones."""

    drive: Drive
    single_p50_ms: float
    single_ms: list[float]

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
    floor: Floor | None = None
    dbos: dict[str, float] | None = None
    rss_mb: dict[str, float] = field(default_factory=dict)
    profiles: list[Profile] = field(default_factory=list)

    def targets(self) -> list[Target]:
        found = []
        trunking = self.kinds.get("trunking")
        if trunking and self.dbos:
            wanted = TIMES_DBOS * self.dbos["workflows_per_s"]
            found.append(_at_least("trunking orders/s, 8 times DBOS", wanted, trunking.drive.orders_per_s))
        if trunking and self.floor:
            wanted = SHARE_OF_FLOOR * self.floor.orders_per_s
            found.append(_at_least("trunking orders/s, 40 % of the floor", wanted, trunking.drive.orders_per_s))
        for name, kind in self.kinds.items():
            found.append(_at_most(f"one {name} order on an idle stack, p50 ms", SINGLE[name], kind.single_p50_ms))
        for name, peak in self.rss_mb.items():
            if name not in PARTS:
                found.append(_at_most(f"peak RSS of {name}, MB", RSS_MB, peak))
        return found

    def as_dict(self) -> dict[str, Any]:
        return {
            **{name: kind.as_dict() for name, kind in self.kinds.items()},
            "floor": asdict(self.floor) if self.floor else None,
            "dbos": self.dbos,
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
    return Target(name, f">= {wanted:.0f}", f"{measured:.0f}", missed)


def _at_most(name: str, wanted: float, measured: float) -> Target:
    missed = "" if measured <= wanted else f"{(measured / wanted - 1) * 100:.0f} % too much"
    return Target(name, f"<= {wanted:.0f}", f"{measured:.0f}", missed)


def _profile_as_dict(profile: Profile) -> dict[str, Any]:
    return {
        "service": profile.service,
        "cpu_ms_per_order": profile.cpu_ms,
        "garbage_collector_ms": profile.collector_ms,
        "by_own": [asdict(one) for one in profile.by_own(40)],
        "by_whole": [asdict(one) for one in profile.by_whole(60)],
    }


def show(bench: Bench) -> None:
    machine = bench.machine
    out.print(
        f"\n{bench.orders} orders of a kind on {machine['cpus']} CPUs ({machine['model']}), {bench.broker} as broker, "
        f"PostgreSQL with fsync, load before {machine['load_before'][0]}",
        highlight=False,
    )
    _show_rates(bench)
    _show_cpu(bench)
    _show_floor(bench)
    _show_targets(bench)
    for profile in bench.profiles:
        _show_profile(profile)


def _show_rates(bench: Bench) -> None:
    rows = [
        (
            name,
            f"{kind.drive.orders_per_s:.1f}",
            f"{kind.drive.p50_ms:.0f}",
            f"{kind.drive.p95_ms:.0f}",
            f"{kind.drive.p99_ms:.0f}",
            f"{kind.single_p50_ms:.0f}",
            f"{kind.drive.cpu_busy:.2f}",
            f"{kind.drive.others_busy:.2f}",
        )
        for name, kind in bench.kinds.items()
    ]
    if bench.floor:
        floor = bench.floor
        busy = f"{floor.cpu_busy:.2f}", f"{floor.others_busy:.2f}"
        rows.append(("floor", f"{floor.orders_per_s:.1f}", "", "", "", f"{floor.single_p50_ms:.0f}", *busy))
    if bench.dbos:
        rows.append(
            ("DBOS", f"{bench.dbos['workflows_per_s']:.1f}", "", "", "", f"{bench.dbos['single_p50_ms']:.0f}", "", "")
        )
    _table(
        "throughput, and latency in ms from submit to done",
        ("", "orders/s", "p50", "p95", "p99", "one alone, p50", "CPUs busy", "by others"),
        rows,
    )


def _show_cpu(bench: Bench) -> None:
    columns = {name: kind.drive.cpu_ms_per_order for name, kind in bench.kinds.items()}
    if bench.floor:
        columns["floor"] = bench.floor.cpu_ms_per_order
    names = list(dict.fromkeys([*(name for cost in columns.values() for name in cost), *bench.rss_mb]))
    rows = [
        (
            name,
            *(f"{cost[name]:.2f}" if name in cost else "" for cost in columns.values()),
            f"{bench.rss_mb[name]:.0f}" if name in bench.rss_mb else "",
        )
        for name in names
    ]
    rows.append(("together", *(f"{sum(cost.values()):.2f}" for cost in columns.values()), ""))
    title = "CPU-ms per order, and peak RSS"
    _table(title, ("process", *columns, "RSS, MB"), rows)
    wal = {name: kind.drive.wal_bytes_per_order for name, kind in bench.kinds.items()}
    if bench.floor:
        wal["floor"] = bench.floor.wal_bytes_per_order
    if wal:
        written = ", ".join(f"{name} {count / 1000:.1f}" for name, count in wal.items())
        out.print(f"kB of write-ahead log per order: {written}", highlight=False)
    if bench.dbos:
        out.print(f"DBOS: {bench.dbos['cpu_ms_per_workflow']} CPU-ms per workflow in its process", highlight=False)


def _show_floor(bench: Bench) -> None:
    trunking = bench.kinds.get("trunking")
    if trunking and trunking.drive.messages:
        rows = [
            (name, f"{one.per_order:g}", str(one.value), str(one.headers))
            for name, one in trunking.drive.messages.items()
        ]
        _table("messages of a trunking order", ("topic and type", "per order", "bytes", "header bytes"), rows)
        added = [(name, f"{one:g}") for name, one in trunking.drive.rows.items()]
        _table("rows a trunking order adds", ("table", "per order"), added)
    if bench.floor:
        moved = ", ".join(f"{count} {name}" for name, count in bench.floor.rows_per_order.items())
        out.print(
            f"The floor counts {bench.floor.messages_per_order} messages and these rows per order: {moved}; "
            "batches of 500, each one transaction and one offset commit; nothing looked up, parsed or decided.",
            highlight=False,
        )


def _show_targets(bench: Bench) -> None:
    rows = [
        (one.name, one.wanted, one.measured, f"[red]missed: {one.missed_by}[/]" if one.missed_by else "[green]met[/]")
        for one in bench.targets()
    ]
    _table("targets", ("", "wanted", "measured", ""), rows)


def _show_profile(profile: Profile) -> None:
    collector = f"{profile.collector_ms:.2f} of {profile.cpu_ms:.2f} CPU-ms per order"
    out.print(f"\n{profile.service}: the garbage collector takes {collector}, inside the functions below")
    title = f"{profile.service}: where its {profile.cpu_ms:.2f} CPU-ms per order go, in ms"
    whole = [(one.function, f"{one.whole_ms:.3f}", f"{one.own_ms:.3f}") for one in profile.by_whole(45)]
    _table(f"{title} (with what it calls)", ("function", "whole", "own"), whole)
    own = [(one.function, f"{one.own_ms:.3f}", f"{one.whole_ms:.3f}") for one in profile.by_own(30)]
    _table(f"{title} (alone)", ("function", "own", "whole"), own)


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(title=title, title_justify="left", title_style="bold")
    for index, name in enumerate(columns):
        table.add_column(name, justify="left" if index == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*row)
    out.print(table)
