"""Drives orders through the running stack, and reads from order-intake's database when each was done.

A hosted order is done when it is completed, a trunking order when everything automatic is done and it begins to wait
for its ticket. The time is that of the transaction that decided it, from the order's time line.
"""

import asyncio
import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import cycle
from statistics import quantiles
from typing import Any

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer

from contracts.topics import ALL, ORDERS_SUBMISSIONS
from dialtone.stack.stack import Stack
from tests.load import meters, orders
from tests.load.orders import Kind, Portal

# `reason` of a waiting order begins with these words; it is a column of its own, so that counting is cheap.
COUNT = """
SELECT count(*) FILTER (WHERE CASE WHEN $2 THEN reason LIKE 'waiting for%' ELSE state = 'completed' END) AS done,
    count(*) FILTER (WHERE state IN ('held', 'failed', 'cancelled', 'partial') OR phase IN ('undoing', 'stuck')) AS bad
FROM orders WHERE order_id > $3 AND external_id LIKE $1
"""
# Order ids grow: what came before a drive is not looked at, however much it is.
NEWEST = "SELECT coalesce(max(order_id), '') FROM orders"
READ = "SELECT external_id, progress FROM orders WHERE order_id > $2 AND external_id LIKE $1"
WRONG = """
SELECT external_id, state, reason FROM orders
WHERE order_id > $2 AND external_id LIKE $1
    AND (state IN ('held', 'failed', 'cancelled', 'partial') OR phase IN ('undoing', 'stuck'))
LIMIT 3
"""
NO_PROGRESS = 45.0  # seconds without another order done: something is broken
IN_FLIGHT = {"trunking": 100_000, "hosted": 250}  # a step of a hosted order has five minutes: no longer queue than that


class OrdersFailed(Exception):
    """An order did not end as it should; a measurement of that is worth nothing."""


@dataclass(slots=True)
class Drive:
    """What one drive measured. Latencies are in milliseconds, from the portal's publish to done."""

    orders: int
    orders_per_s: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    cpu_ms_per_order: dict[str, float]
    cpu_busy: float
    others_busy: float
    wal_bytes_per_order: int
    messages: dict[str, meters.MessageSize] = field(default_factory=dict)
    rows: dict[str, float] = field(default_factory=dict)


class Driver:
    def __init__(self, stack: Stack, portal: Portal) -> None:
        self._stack, self._portal = stack, portal
        self._drives, self._since = 0, ""

    async def many(self, kind: Kind, count: int, *, look_inside: bool = False) -> Drive:
        """`count` orders by Kafka, as fast as they go in; `look_inside` counts messages and rows too."""
        tag = self._tag(kind)
        submissions = [self._portal.signed(one) for one in self._forms(kind, tag, count)]
        start = await self._insides() if look_inside else None
        sent: dict[str, float] = {}
        producer = AIOKafkaProducer(
            bootstrap_servers=self._stack.broker.bootstrap, acks="all", linger_ms=5, max_batch_size=131_072
        )
        connection = await asyncpg.connect(self._stack.dsn("order-intake"))
        await producer.start()
        try:
            self._since = await connection.fetchval(NEWEST)
            log = await connection.fetchval(meters.WAL)
            before = meters.moment(self._pids())
            ended = await self._drive(producer, connection, kind, tag, submissions, sent)
            after = meters.moment(self._pids())
            log = await connection.fetchval(meters.WAL) - log
            done = await self._done_at(connection, kind, tag)
        finally:
            await producer.stop()
            await connection.close()
        latencies = [(done[name] - sent[name]) * 1000 for name in sent]
        p50, p95, p99 = percentiles(latencies)
        cost = meters.cost(before, after, count)
        drive = Drive(
            orders=count,
            orders_per_s=round(count / (ended - min(sent.values())), 1),
            p50_ms=p50,
            p95_ms=p95,
            p99_ms=p99,
            cpu_ms_per_order=cost.per_order,
            cpu_busy=cost.busy,
            others_busy=cost.others_busy,
            wal_bytes_per_order=log // count,
        )
        if start is not None:
            await asyncio.sleep(1.0)  # let the relays send what is left
            await self._compare(drive, start, count)
        return drive

    async def single(self, kind: Kind, count: int) -> list[float]:
        """Orders over HTTP, one at a time on an idle stack; their latencies in milliseconds."""
        tag = self._tag(kind)
        connection = await asyncpg.connect(self._stack.dsn("order-intake"))
        sent: dict[str, float] = {}
        try:
            self._since = await connection.fetchval(NEWEST)
            async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
                for form in self._forms(kind, tag, count):
                    began = await orders.submit_by_http(client, self._stack, self._portal, form)
                    sent[form["external_id"]] = began
                    await self._all_done(connection, kind, tag, len(sent), pause=0.05)
                    await asyncio.sleep(0.3)
            done = await self._done_at(connection, kind, tag)
        finally:
            await connection.close()
        return [(done[name] - sent[name]) * 1000 for name in sent]

    async def build_enterprise(self) -> None:
        """The enterprise of the hosted orders, by an order of its own."""
        form = orders.form("hosted", "BENCH-E-1", orders.EXCHANGES[0]) | {"kind": "new-enterprise"}
        connection = await asyncpg.connect(self._stack.dsn("order-intake"))
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
                await orders.submit_by_http(client, self._stack, self._portal, form)
            await self._all_done(connection, "hosted", "BENCH-E-", 1)
        finally:
            await connection.close()

    async def _drive(
        self,
        producer: AIOKafkaProducer,
        connection: asyncpg.Connection,
        kind: Kind,
        tag: str,
        submissions: Sequence[orders.Submission],
        sent: dict[str, float],
    ) -> float:
        """Publish, never more than so many in flight, and wait; when the last was seen done."""
        room, at, done = IN_FLIGHT[kind], 0, 0
        while at < len(submissions):
            chunk = submissions[at : done + room]
            await orders.publish(producer, ORDERS_SUBMISSIONS.name, chunk, sent)
            at += len(chunk)
            if at < len(submissions):
                done = await self._all_done(connection, kind, tag, min(at, at - room * 3 // 4))
        await self._all_done(connection, kind, tag, len(submissions))
        return time.time()

    async def _all_done(
        self, connection: asyncpg.Connection, kind: Kind, tag: str, count: int, *, pause: float = 0.2
    ) -> int:
        """Wait until `count` orders are done; looks more often towards the end."""
        seen, moved = -1, time.monotonic()
        while True:
            row = await connection.fetchrow(COUNT, f"{tag}%", kind == "trunking", self._since)
            if row["bad"]:
                wrong = [dict(one) for one in await connection.fetch(WRONG, f"{tag}%", self._since)]
                raise OrdersFailed(f"{row['bad']} {kind} orders failed, e.g. {wrong}")
            if row["done"] >= count:
                return int(row["done"])
            if row["done"] != seen:
                seen, moved = row["done"], time.monotonic()
            if time.monotonic() - moved > NO_PROGRESS:
                raise OrdersFailed(f"{seen} of {count} {kind} orders were done, and no other for {NO_PROGRESS:.0f} s")
            await asyncio.sleep(pause if row["done"] < count * 0.9 else min(pause, 0.05))

    async def _done_at(self, connection: asyncpg.Connection, kind: Kind, tag: str) -> dict[str, float]:
        what = "waiting" if kind == "trunking" else "completed"
        found: dict[str, float] = {}
        for external_id, progress in await connection.fetch(READ, f"{tag}%", self._since):
            entry = next(one for one in json.loads(progress)["timeline"] if one["what"] == what)
            found[external_id] = datetime.fromisoformat(entry["at"]).timestamp()
        return found

    def _forms(self, kind: Kind, tag: str, count: int) -> list[dict[str, Any]]:
        places = cycle(orders.exchanges(kind, count))
        return [orders.form(kind, f"{tag}{number:05}", next(places)) for number in range(count)]

    def _tag(self, kind: Kind) -> str:
        self._drives += 1
        return f"BENCH-{kind}-{self._drives}-"

    def _pids(self) -> meters.Pids:
        return {**pids(self._stack), "portal": os.getpid()}

    async def _insides(self) -> tuple[Any, dict[str, int]]:
        return await meters.ends(self._stack.broker.bootstrap, [one.name for one in ALL]), await meters.rows(
            dsns(self._stack)
        )

    async def _compare(self, drive: Drive, start: tuple[Any, dict[str, int]], count: int) -> None:
        ends, rows = await self._insides()
        drive.messages = await meters.message_sizes(self._stack.broker.bootstrap, start[0], ends, count)
        drive.rows = {
            name: round((rows[name] - start[1].get(name, 0)) / count, 2)
            for name in rows
            if rows[name] != start[1].get(name, 0)
        }


def percentiles(latencies: Sequence[float]) -> tuple[float, float, float]:
    if len(latencies) < 2:
        return (round(latencies[0], 1),) * 3
    cuts = quantiles(latencies, n=100, method="inclusive")
    return round(cuts[49], 1), round(cuts[94], 1), round(cuts[98], 1)


def pids(stack: Stack) -> dict[str, int | None]:
    names = [*stack.services, "simulator", "broker", "postgres"]
    return {name: stack.pid(name) for name in names}


def dsns(stack: Stack) -> dict[str, str]:
    return {name: stack.dsn(name) for name in stack.services}
