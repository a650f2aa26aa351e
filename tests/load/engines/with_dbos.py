"""DBOS: every step is a checkpoint in PostgreSQL, and so are the beginning and the end of a workflow."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from dbos import DBOS, DBOSConfig

from tests.load.engines.measuring import STEPS

AT_ONCE = 50


@DBOS.step()
async def empty_step(number: int) -> int:
    return number


@DBOS.workflow()
async def order() -> int:
    for number in range(STEPS):
        await empty_step(number)
    return STEPS


class Dbos:
    def __init__(self) -> None:
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def alone(self) -> None:
        async with self._slots:
            await order()

    async def many(self, count: int) -> None:
        await asyncio.gather(*(self.alone() for _ in range(count)))


@contextmanager
def launched(dsn: str) -> Iterator[None]:
    """Outside of the loop: DBOS brings threads and connections of its own."""
    config: DBOSConfig = {
        "name": "bench",
        "system_database_url": dsn,
        "log_level": "ERROR",
        "enable_otlp": False,
    }
    DBOS(config=config)
    DBOS.launch()
    try:
        yield
    finally:
        DBOS.destroy()
