"""Handlers that do I/O of their own (a SOAP conversation) run before the transaction, several orders at a time.

They must be idempotent by themselves: a crash between the effect and the commit brings the message again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from chassis.database import Connection, Pool
from chassis.messaging import inbox, parking
from chassis.messaging.incoming import Incoming
from chassis.messaging.parking import ParkedRecord
from chassis.messaging.service import Service
from chassis.messaging.transaction import HANDLING, Transaction, already_undone
from chassis.settings import ServiceSettings

AT_ONCE = 16


class Outsider:
    def __init__(self, service: Service, pool: Pool, settings: ServiceSettings) -> None:
        self._service, self._pool, self._settings = service, pool, settings
        self._busy: dict[str, asyncio.Lock] = {}

    async def each(self, batch: Sequence[Incoming], handle: Callable[[Incoming], Awaitable[bool]]) -> None:
        """Keys side by side, the messages of one key in order."""
        queues: dict[str, list[Incoming]] = {}
        for one in batch:
            queues.setdefault(one.key, []).append(one)
        slots = asyncio.Semaphore(AT_ONCE)

        async def drain(queue: list[Incoming]) -> None:
            async with slots:
                for one in queue:
                    await handle(one)

        async with asyncio.TaskGroup() as group:
            for queue in queues.values():
                group.create_task(drain(queue))

    async def one(self, one: Incoming, parked: ParkedRecord | None) -> None:
        handler = self._service.handlers[type(one.message)].outside
        assert handler is not None
        async with self._busy.setdefault(one.key, asyncio.Lock()):
            if not await self._is_new(one, parked):
                return
            with HANDLING.labels(self._service.name, type(one.message).__name__).time():
                reply = await handler(one.message)
            async with self._pool.acquire() as connection, connection.transaction():
                transaction = self._transaction(connection)
                transaction.record(one, reply)
                await transaction.finish()
                await connection.execute(parking.RELEASE, one.id)
        if not self._busy[one.key].locked():
            self._busy.pop(one.key, None)

    async def _is_new(self, one: Incoming, parked: ParkedRecord | None) -> bool:
        """Deals with duplicates, late dos and parked keys in a transaction of their own."""
        async with self._pool.acquire() as connection, connection.transaction():
            transaction = self._transaction(connection)
            known = await inbox.look_up(connection, [one])
            seen = known.handled.get(one.id)
            if seen is not None:
                transaction.send_again(one, seen)
            elif known.is_undone(one):
                transaction.record(one, already_undone(one))
            elif parked is not None or not known.parked or await transaction.is_free(one, known):
                return True
            await transaction.finish()
            if parked is not None:
                await connection.execute(parking.RELEASE, one.id)
        return False

    def _transaction(self, connection: Connection) -> Transaction:
        return Transaction(connection, self._service, first_delay=self._settings.park_first_delay)
