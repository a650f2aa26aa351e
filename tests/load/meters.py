"""What a run costs: CPU time and peak memory per process, messages per type, rows per table."""

import asyncio
import contextlib
import os
import platform
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import psutil
from aiokafka import AIOKafkaConsumer, TopicPartition

Pids = Mapping[str, int | None]
WAL = "SELECT (pg_current_wal_lsn() - '0/0'::pg_lsn)::bigint"
TABLES = """
SELECT relname, reltuples FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind = 'r' AND nspname = 'public' AND relname <> 'alembic_version' ORDER BY relname
"""


def machine() -> dict[str, Any]:
    model = platform.processor()
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), model)
    return {
        "cpus": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "model": model,
        "memory_mb": psutil.virtual_memory().total // 2**20,
        "system": platform.platform(terse=True),
        "python": platform.python_version(),
        "load_before": [round(one, 2) for one in os.getloadavg()],
    }


@dataclass(frozen=True, slots=True)
class Moment:
    """CPU seconds so far: of each process of the stack, and of the whole machine."""

    at: float
    spent: dict[str, float]
    machine: float


def moment(pids: Pids) -> Moment:
    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0) + getattr(times, "steal", 0.0)
    # Guest time is counted in user time already.
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return Moment(time.monotonic(), cpu_seconds(pids), sum(times) - idle - guests)


@dataclass(frozen=True, slots=True)
class Cost:
    """Between two moments: CPU-ms per order of each process, CPUs that were busy with them, and with anything else.

    What others take is not ours to have: a rate that was measured beside them is too low.
    """

    per_order: dict[str, float]
    busy: float
    others_busy: float


def cost(before: Moment, after: Moment, orders: int) -> Cost:
    took = max(after.at - before.at, 1e-3)
    spent = {name: after.spent[name] - before.spent[name] for name in after.spent if name in before.spent}
    ours = sum(spent.values())
    per_order = {name: round(one / orders * 1000, 2) for name, one in spent.items()}
    others = max(after.machine - before.machine - ours, 0.0)
    return Cost(per_order, round(ours / took, 2), round(others / took, 2))


def cpu_seconds(pids: Pids) -> dict[str, float]:
    """User and system time of each process with its children, those that have ended included; of ours alone."""
    spent: dict[str, float] = {}
    for name, pid in pids.items():
        if pid is None:
            continue
        with contextlib.suppress(psutil.NoSuchProcess):
            head = psutil.Process(pid)
            if pid == os.getpid():
                spent[name] = float(sum(head.cpu_times()[:2]))
                continue
            spent[name] = sum(_times(one) for one in (head, *head.children(recursive=True)))
    return spent


def _times(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(
        times.user + times.system + getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    )


def peak_rss_mb(pids: Pids) -> dict[str, float]:
    """The high-water mark of the resident memory; where the kernel does not keep it, what is resident now."""
    peaks: dict[str, float] = {}
    for name, pid in pids.items():
        if pid is None:
            continue
        with contextlib.suppress(psutil.NoSuchProcess):
            peaks[name] = round(_high_water(pid) / 2**20, 1)
    return peaks


def rss_mb(pids: Pids) -> dict[str, float]:
    """What is resident now."""
    return {name: psutil.Process(pid).memory_info().rss / 2**20 for name, pid in pids.items() if pid is not None}


def _high_water(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return int(psutil.Process(pid).memory_info().rss)


async def rows(dsns: Mapping[str, str]) -> dict[str, int]:
    """Rows per `database.table`; for the outbox the rows ever written, for orders also how often they were written."""
    counted: dict[str, int] = {}
    for service, dsn in dsns.items():
        connection = await asyncpg.connect(dsn)
        try:
            for table in [row["relname"] for row in await connection.fetch(TABLES)]:
                name = f"{service}.{table}"
                counted[name] = await connection.fetchval(f'SELECT count(*) FROM "{table}"')
                if table == "outbox":
                    sequence = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM outbox_id_seq"
                    counted[name] = await connection.fetchval(sequence)
                if name == "order-intake.orders":
                    written = "SELECT coalesce(sum(version), 0)::bigint FROM orders"
                    counted["order-intake.orders written"] = await connection.fetchval(written)
        finally:
            await connection.close()
    return counted


@dataclass(frozen=True, slots=True)
class MessageSize:
    """Of one message type: how many per order, bytes of the value, bytes and number of the headers."""

    per_order: float
    value: int
    headers: int
    header_count: int


async def ends(bootstrap: str, topics: Iterable[str]) -> dict[TopicPartition, int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        partitions = [TopicPartition(topic, number) for topic in topics for number in range(6)]
        found: dict[TopicPartition, int] = await consumer.end_offsets(partitions)
        return found
    finally:
        await consumer.stop()


async def message_sizes(
    bootstrap: str, start: Mapping[TopicPartition, int], end: Mapping[TopicPartition, int], orders: int
) -> dict[str, MessageSize]:
    """Everything that was published between two moments, by type."""
    wanted = {one: end[one] for one in end if end[one] > start.get(one, 0)}
    found: dict[str, list[int]] = {}
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, max_partition_fetch_bytes=2**21)
    await consumer.start()
    try:
        consumer.assign(list(wanted))
        for partition in wanted:
            consumer.seek(partition, start.get(partition, 0))
        async with asyncio.timeout(60):
            while wanted:
                for partition, records in (await consumer.getmany(timeout_ms=200, max_records=2000)).items():
                    for record in records:
                        if record.offset < end[partition]:
                            _add(found, record)
                    if records and records[-1].offset + 1 >= end[partition]:
                        wanted.pop(partition, None)
    finally:
        await consumer.stop()
    return {
        name: MessageSize(round(count / orders, 3), value // count, headers // count, number // count)
        for name, (count, value, headers, number) in sorted(found.items())
    }


def _add(found: dict[str, list[int]], record: Any) -> None:
    kind = next((value for name, value in record.headers if name == "ce_type"), b"unknown").decode()
    sums = found.setdefault(f"{record.topic} {kind.removeprefix('dialtone.')}", [0, 0, 0, 0])
    sums[0] += 1
    sums[1] += len(record.value or b"")
    sums[2] += sum(len(name) + len(value or b"") for name, value in record.headers)
    sums[3] += len(record.headers)
