"""One process of the floor: bare aiokafka and asyncpg, no models, no headers read, nothing looked up, nothing decided.

`python -m tests.load.floor_worker NAME --bootstrap ... --dsn ... --orders N --shape JSON`, until SIGTERM. What a
message means is the first letter of its value; how far an order is, is kept in memory. Batches, transactions and the
order of sends are as in our services: a batch is one transaction with its inbox and outbox rows, then its offsets are
committed; the relay sends a batch of outbox rows, waits for the broker and deletes them.
"""

import argparse
import asyncio
import json
import signal
from collections.abc import Awaitable, Callable, Sequence
from itertools import count
from typing import Any
from zlib import crc32

import asyncpg
import uvloop
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from tests.load import shape as shapes
from tests.load.shape import Shape, Size, filler

BATCH = 500
SHARDS = 8
TABLES = """
CREATE TABLE inbox (
    message_id varchar PRIMARY KEY, mark varchar, reply_type varchar, reply bytea,
    received_at timestamptz NOT NULL DEFAULT now());
CREATE INDEX ON inbox (mark) WHERE mark IS NOT NULL;
CREATE INDEX ON inbox USING brin (received_at);
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, shard smallint NOT NULL, topic varchar NOT NULL,
    key bytea, value bytea, headers varchar NOT NULL, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE orders (
    order_id varchar PRIMARY KEY, subject varchar NOT NULL, progress varchar NOT NULL, done boolean NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()) WITH (fillfactor = 70);
CREATE TABLE domain (id bigint PRIMARY KEY, key varchar, body varchar NOT NULL, state varchar NOT NULL);
CREATE INDEX ON domain (key)
"""
INBOX = """
INSERT INTO inbox (message_id, mark, reply_type, reply)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[])
"""
OUTBOX = """
INSERT INTO outbox (shard, topic, key, value, headers)
SELECT * FROM unnest($1::smallint[], $2::text[], $3::bytea[], $4::bytea[], $5::text[])
"""
CLAIM = "SELECT id, topic, key, value FROM outbox ORDER BY id LIMIT $1"
DELETE = "DELETE FROM outbox WHERE id = ANY($1::bigint[])"
ADD_ORDERS = """
INSERT INTO orders (order_id, subject, progress, done) SELECT *, false FROM unnest($1::text[], $2::text[], $3::text[])
"""
SAVE_ORDERS = """
UPDATE orders SET subject = new.subject, progress = new.progress, done = new.done, updated_at = now()
FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) AS new (order_id, subject, progress, done)
WHERE orders.order_id = new.order_id
"""
ADD_DOMAIN = "INSERT INTO domain (id, key, body, state) SELECT *, $4 FROM unnest($1::bigint[], $2::text[], $3::text[])"
SAVE_DOMAIN = """
UPDATE domain SET key = new.key, state = $3 FROM unnest($1::bigint[], $2::text[]) AS new (id, key)
WHERE domain.id = new.id
"""
STOCK = "INSERT INTO domain (id, body, state) SELECT one, $2, 'available' FROM generate_series(1, $1) AS one"
BODY = filler(200)
Out = tuple[str, str, bytes]  # topic, key, value
Row = tuple[int, str]  # id, key


class Worker:
    def __init__(self, name: str, shape: Shape) -> None:
        self._name, self._shape = name, shape
        self._woken = asyncio.Event()
        self._values = {kind: filler(max(size.value - 1, 1)).encode() for kind, size in shape.sizes.items()}
        self._headers = {kind: headers(size) for kind, size in shape.sizes.items()}
        self._header_text = {
            kind: json.dumps([(key, value.decode()) for key, value in found]) for kind, found in self._headers.items()
        }
        self._half = filler(shape.order_bytes // 2)
        self._ids = count(1)
        self._rows: dict[str, list[int]] = {}
        self._awaited: dict[str, list[int]] = {}  # order -> [stage, replies that are missing]

    async def run(self, bootstrap: str, dsn: str, orders: int) -> None:
        pool = await asyncpg.create_pool(dsn, min_size=2, max_size=4)
        await pool.execute(TABLES)
        if self._name == "did-inventory":
            await pool.execute(STOCK, orders * self._shape.numbers, BODY)
        producer = AIOKafkaProducer(
            bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=0, max_batch_size=131_072
        )
        await producer.start()
        intake = self._name == "order-intake"
        topics = (shapes.SUBMISSIONS, shapes.REPLIES) if intake else (shapes.COMMANDS[self._name],)
        consumer = AIOKafkaConsumer(
            *topics,
            bootstrap_servers=bootstrap,
            group_id=f"floor-{self._name}",
            auto_offset_reset="earliest",
            enable_auto_commit=False,
        )
        await consumer.start()
        handle = self._take_in if intake else self._obey
        tasks = [
            asyncio.create_task(self._consume(consumer, pool, handle)),
            asyncio.create_task(self._relay(pool, producer)),
        ]
        print("ready", flush=True)
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        asked = asyncio.ensure_future(stop.wait())
        finished, _ = await asyncio.wait({*tasks, asked}, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for ended in finished:
            ended.result()
        await consumer.stop()
        await producer.stop()
        pool.terminate()

    async def _consume(
        self,
        consumer: AIOKafkaConsumer,
        pool: asyncpg.Pool,
        handle: Callable[[Any, Sequence[Any]], Awaitable[list[Out]]],
    ) -> None:
        while True:
            polled = await consumer.getmany(timeout_ms=10, max_records=BATCH)
            records = [record for group in polled.values() for record in group]
            if not records:
                continue
            async with pool.acquire() as connection, connection.transaction():
                outgoing = await handle(connection, records)
                await self._inbox(connection, records)
                await self._outbox(connection, outgoing)
            self._woken.set()
            await consumer.commit()

    async def _inbox(self, connection: Any, records: Sequence[Any]) -> None:
        ids = [f"{record.topic}-{record.partition}-{record.offset}-0123456789" for record in records]
        participant = self._name != "order-intake"
        reply = self._values["reply"] if participant else None
        await connection.execute(
            INBOX,
            ids,
            ids if participant else [None] * len(ids),
            ["reply" if participant else None] * len(ids),
            [reply] * len(ids),
        )

    async def _outbox(self, connection: Any, outgoing: Sequence[Out]) -> None:
        if outgoing:
            await connection.execute(
                OUTBOX,
                [crc32(key.encode()) % SHARDS for _, key, _ in outgoing],
                [topic for topic, _, _ in outgoing],
                [key.encode() for _, key, _ in outgoing],
                [value for _, _, value in outgoing],
                [self._header_text[kind_of(topic)] for topic, _, _ in outgoing],
            )

    async def _relay(self, pool: asyncpg.Pool, producer: AIOKafkaProducer) -> None:
        async with pool.acquire() as connection:
            while True:
                self._woken.clear()
                while rows := await connection.fetch(CLAIM, BATCH):
                    deliveries = [
                        await producer.send(topic, value, key, headers=self._headers[kind_of(topic)])
                        for _, topic, key, value in rows
                    ]
                    await asyncio.gather(*deliveries)
                    await connection.execute(DELETE, [row[0] for row in rows])
                await self._woken.wait()

    async def _take_in(self, connection: Any, records: Sequence[Any]) -> list[Out]:
        """Submissions make an order and its first commands; the last reply of a stage sends the next stage."""
        new: list[str] = []
        touched: dict[str, bool] = {}
        outgoing: list[Out] = []
        active: list[Row] = []
        for record in records:
            order = record.key.decode()
            if record.topic == shapes.SUBMISSIONS:
                new.append(order)
                outgoing += [self._event(order)] * self._shape.events_at_start + self._stage(order, 0)
                continue
            waiting = self._awaited[order]
            waiting[1] -= 1
            if waiting[1] == 0 and waiting[0] + 1 < len(shapes.STAGES):
                outgoing += self._stage(order, waiting[0] + 1)
            elif waiting[1] == 0:  # the pivot, past which the account is active
                active += [(one, order) for one in self._rows.pop(order)]
            touched[order] = self._awaited[order][1] == 0
        if new:
            await connection.execute(ADD_ORDERS, new, [self._half] * len(new), [self._half] * len(new))
            for one in new:
                self._rows[one] = [next(self._ids) for _ in range(self._shape.accounts)]
            await self._insert(connection, [(row, one) for one in new for row in self._rows[one]])
        if touched:
            half = [self._half] * len(touched)
            await connection.execute(SAVE_ORDERS, list(touched), half, half, list(touched.values()))
        await self._update(connection, active)
        return outgoing

    def _stage(self, order: str, stage: int) -> list[Out]:
        steps = shapes.STAGES[stage]
        self._awaited[order] = [stage, len(steps)]
        return [
            (shapes.COMMANDS[shapes.WORKER_OF[step]], order, step.encode() + self._values["command"]) for step in steps
        ]

    def _event(self, order: str) -> Out:
        return shapes.EVENTS, order, b"e" + self._values["event"]

    async def _obey(self, connection: Any, records: Sequence[Any]) -> list[Out]:
        """Commands insert or update rows, and every one is answered."""
        shape = self._shape
        inserts: list[Row] = []
        updates: list[Row] = []
        outgoing: list[Out] = []
        for record in records:
            order, step = record.key.decode(), chr(record.value[0])
            match step:
                case shapes.PRICE:
                    inserts += [(next(self._ids), order) for _ in range(1 + shape.lines)]
                case shapes.RESERVE:
                    updates += [(next(self._ids), order) for _ in range(shape.numbers)]
                case shapes.TICKETS:
                    inserts += [(next(self._ids), order) for _ in range(shape.tickets)]
            outgoing.append((shapes.REPLIES, order, step.encode() + self._values["reply"]))
        await self._insert(connection, inserts)
        await self._update(connection, updates)
        return outgoing

    async def _update(self, connection: Any, rows: Sequence[Row]) -> None:
        if rows:
            await connection.execute(SAVE_DOMAIN, [one for one, _ in rows], [key for _, key in rows], "changed")

    async def _insert(self, connection: Any, rows: Sequence[Row]) -> None:
        if rows:
            await connection.execute(
                ADD_DOMAIN, [one for one, _ in rows], [key for _, key in rows], [BODY] * len(rows), "new"
            )


def kind_of(topic: str) -> str:
    return {shapes.SUBMISSIONS: "S", shapes.REPLIES: "reply", shapes.EVENTS: "event"}.get(topic, "command")


def headers(size: Size) -> list[tuple[str, bytes]]:
    """As many headers and bytes as ours."""
    number = max(size.header_count, 1)
    each = max(size.headers // number - 8, 1)
    return [(f"header{index:02}", b"x" * each) for index in range(number)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=shapes.WORKERS)
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--dsn", required=True)
    parser.add_argument("--orders", type=int, required=True)
    parser.add_argument("--shape", required=True)
    options = parser.parse_args()
    worker = Worker(options.name, shapes.shape_from(json.loads(options.shape)))
    uvloop.run(worker.run(options.bootstrap, options.dsn, options.orders))


if __name__ == "__main__":
    main()
