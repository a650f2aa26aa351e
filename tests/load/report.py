"""A bench in tables for people."""

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from tests.load.profiles import Profile
from tests.load.results import Bench

out = Console()


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
    if it := bench.postings:
        out.print(f"\n{it.count} postings of a month: {it.ours_per_s:.0f}/s, by bare SQL {it.bare_per_s:.0f}/s")
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
    for name, engine in bench.engines.items():
        rows.append((name, f"{engine.workflows_per_s:.1f}", "", "", "", f"{engine.single_p50_ms:.0f}", "", ""))
    _table(
        "throughput, and latency in ms from submit to done",
        ("", "orders/s", "p50", "p95", "p99", "one alone, p50", "CPUs busy", "by others"),
        rows,
    )


def _show_cpu(bench: Bench) -> None:
    columns = {name: kind.drive.cpu_ms_per_order for name, kind in bench.kinds.items()}
    if bench.floor:
        columns["floor"] = bench.floor.cpu_ms_per_order
    columns |= {name: engine.cpu_ms for name, engine in bench.engines.items()}
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
    title = "CPU-ms per order (workflow), and peak RSS"
    _table(title, ("process", *columns, "RSS, MB"), rows)
    wal = {name: kind.drive.wal_bytes_per_order for name, kind in bench.kinds.items()}
    if bench.floor:
        wal["floor"] = bench.floor.wal_bytes_per_order
    if wal:
        written = ", ".join(f"{name} {count / 1000:.1f}" for name, count in wal.items())
        out.print(f"kB of write-ahead log per order: {written}", highlight=False)
    if bench.idle:
        spent = ", ".join(f"{name} {cost:g}" for name, cost in bench.idle.cpu_ms_per_s.items())
        out.print(f"CPU-ms a second of an idle stack: {spent}; together {bench.idle.together:.0f}", highlight=False)


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
