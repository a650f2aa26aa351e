"""absurd: tasks, runs and checkpoints are rows, written by functions in PostgreSQL; nothing else is needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import absurdctl
from absurd_sdk import AsyncAbsurd, AsyncTaskContext
from psycopg import AsyncConnection

from tests.load.engines.measuring import STEPS

QUEUE = "bench"
TASK = "order"
WORKERS = 4
AT_ONCE = 10
POLL = 0.01  # seconds
OPEN = f"SELECT EXISTS (SELECT FROM absurd.r_{QUEUE} WHERE state <> 'completed')"


async def empty_step() -> int:
    return 0


async def order(_params: Any, context: AsyncTaskContext) -> int:
    for number in range(STEPS):
        await context.step(f"step-{number}", empty_step)
    return STEPS


class Absurd:
    def __init__(self, dsn: str, connection: AsyncConnection[Any]) -> None:
        self._dsn, self._connection = dsn, connection
        self._client = client(connection)

    async def alone(self) -> None:
        """Submitted and worked by the same connection, so that no pause between two looks is counted."""
        await self._client.spawn(TASK, {})
        await self._client.work_batch()

    async def many(self, count: int) -> None:
        async with AsyncExitStack() as working:
            for _ in range(WORKERS):
                await working.enter_async_context(worker(self._dsn))
            for _ in range(count):
                await self._client.spawn(TASK, {})
            while await self._open():  # noqa: ASYNC110  its workers tell nobody
                await asyncio.sleep(POLL)

    async def _open(self) -> bool:
        row = await (await self._connection.execute(OPEN)).fetchone()
        return bool(row and row[0])


@asynccontextmanager
async def prepared(dsn: str) -> AsyncIterator[Absurd]:
    async with await connected(dsn) as connection:
        await connection.execute(absurdctl.BUNDLED_SCHEMA_SQL.encode())
        await client(connection).create_queue()
        yield Absurd(dsn, connection)


@asynccontextmanager
async def worker(dsn: str) -> AsyncIterator[None]:
    async with await connected(dsn) as connection:
        app = client(connection)
        work = asyncio.create_task(app.start_worker(concurrency=AT_ONCE, batch_size=AT_ONCE, poll_interval=POLL))
        try:
            yield
        finally:
            app.stop_worker()
            await work


async def connected(dsn: str) -> AsyncConnection[Any]:
    return await AsyncConnection.connect(dsn, autocommit=True)


def client(connection: AsyncConnection[Any]) -> AsyncAbsurd:
    app = AsyncAbsurd(connection, queue_name=QUEUE)
    app.register_task(name=TASK)(order)
    return app
