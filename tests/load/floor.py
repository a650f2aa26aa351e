"""The floor: the messages and rows of trunking orders, moved by bare aiokafka and asyncpg in as many processes."""

import asyncio
import json
import os
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaProducer

from contracts.topics import Topic
from dialtone.stack import topics
from dialtone.stack.databases import create_missing
from dialtone.stack.processes import Child
from dialtone.stack.stack import Stack
from tests.load import meters, orders, shape
from tests.load.drive import percentiles
from tests.load.floor_worker import headers
from tests.load.orders import Submission
from tests.load.shape import Shape, filler

PATIENCE = 120.0
DONE = "SELECT count(*) FROM orders WHERE done AND order_id LIKE $1"
ROOT = Path(__file__).resolve().parents[2]


@dataclass(slots=True)
class Floor:
    orders_per_s: float
    single_p50_ms: float
    cpu_ms_per_order: dict[str, float]
    cpu_busy: float
    others_busy: float
    wal_bytes_per_order: int
    messages_per_order: int
    rows_per_order: dict[str, int]


async def measure(stack: Stack, moved: Shape, count: int, *, singles: int) -> Floor:
    databases = {name: f"floor_{name.replace('-', '_')}" for name in shape.WORKERS}
    await create_missing(stack.postgres.dsn("postgres"), databases.values())
    if stack.broker.kind == "kafka":  # the embedded one makes a topic when it is asked for
        await topics.apply(
            {"bootstrap.servers": stack.broker.bootstrap}, [Topic(name, (), ()) for name in shape.TOPICS]
        )
    warm = min(count, 500)
    workers = {
        name: _worker(stack, name, stack.postgres.dsn(databases[name]), count + warm + singles, moved)
        for name in shape.WORKERS
    }
    async with AsyncExitStack() as opened:
        for child in workers.values():
            opened.push_async_callback(child.stop)
            child.start()
        for child in workers.values():
            await child.until(lambda one=child: _is_ready(one))  # type: ignore[misc]
        producer = AIOKafkaProducer(
            bootstrap_servers=stack.broker.bootstrap, acks="all", linger_ms=5, max_batch_size=131_072
        )
        await producer.start()
        opened.push_async_callback(producer.stop)
        connection = await asyncpg.connect(stack.postgres.dsn(databases["order-intake"]))
        opened.push_async_callback(connection.close)
        await _drive(producer, connection, moved, "W", warm, pause=0.2)
        alone = [await _drive(producer, connection, moved, f"I{one:03}-", 1, pause=0.002) for one in range(singles)]
        pids = {**{name: child.pid for name, child in workers.items()}, "broker": stack.broker.pid}
        pids |= {"postgres": stack.postgres.pid, "portal": os.getpid()}
        log = await connection.fetchval(meters.WAL)
        before = meters.moment(pids)
        took = await _drive(producer, connection, moved, "T", count, pause=0.2)
        after = meters.moment(pids)
        log = await connection.fetchval(meters.WAL) - log
    cost = meters.cost(before, after, count)
    return Floor(
        orders_per_s=round(count / took, 1),
        single_p50_ms=percentiles([one * 1000 for one in alone])[0],
        cpu_ms_per_order=cost.per_order,
        cpu_busy=cost.busy,
        others_busy=cost.others_busy,
        wal_bytes_per_order=log // count,
        messages_per_order=moved.messages(),
        rows_per_order=moved.rows(),
    )


async def _drive(
    producer: AIOKafkaProducer, connection: asyncpg.Connection, moved: Shape, tag: str, count: int, *, pause: float
) -> float:
    """Seconds from the first publish until the last order was seen done."""
    size = moved.sizes["S"]
    value, attached = b"S" + filler(size.value - 1).encode(), headers(size)
    sent: dict[str, float] = {}
    # Our orders have ids of 36 characters.
    submissions = [Submission(f"{tag}{number:0{36 - len(tag)}}", value, attached) for number in range(count)]
    await orders.publish(producer, shape.SUBMISSIONS, submissions, sent)
    deadline = time.monotonic() + PATIENCE
    while True:
        done = await connection.fetchval(DONE, f"{tag}%")
        if done >= count:
            return time.time() - min(sent.values())
        if time.monotonic() > deadline:
            raise TimeoutError(f"the floor had moved {done} of {count} orders after {PATIENCE:.0f} s")
        await asyncio.sleep(pause if done < count * 0.9 else min(pause, 0.05))


def _worker(stack: Stack, name: str, dsn: str, count: int, moved: Shape) -> Child:
    command = [sys.executable, "-m", "tests.load.floor_worker", name, "--bootstrap", stack.broker.bootstrap]
    command += ["--dsn", dsn, "--orders", str(count), "--shape", json.dumps(moved.as_dict())]
    return Child(f"floor {name}", command, stack.folder / "logs" / f"floor-{name}.log", folder=ROOT)


async def _is_ready(child: Child) -> bool:
    return "ready" in child.log.read_text()
