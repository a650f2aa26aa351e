"""Handlers that do I/O of their own (a SOAP conversation) run before the transaction, several orders at a time.

They must be idempotent by themselves: a crash between the effect and the commit brings the message again.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from chassis.database import Connection, Pool
from chassis.messaging import inbox, parking
from chassis.messaging.incoming import Incoming
from chassis.messaging.parking import ParkedRecord
from chassis.messaging.service import Service
from chassis.messaging.transaction import HANDLING, Transaction, already_undone, unreachable_is_transient
from chassis.settings import ServiceSettings
from chassis.turns import Turns

AT_ONCE = 16


class Outsider:
    def __init__(self, service: Service, pool: Pool, settings: ServiceSettings) -> None:
        self._service, self._pool, self._settings = service, pool, settings
        self._turns = Turns()  # a message of a key may come from the topic and from the parked ones at once

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
        async with self._turns.at(one.key), self._held(parked) as held:
            if held and await self._is_new(one, parked):
                await self._call(one)

    async def _call(self, one: Incoming) -> None:
        handler = self._service.handlers[type(one.message)].outside
        assert handler is not None
        with HANDLING.labels(self._service.name, type(one.message).__name__).time(), unreachable_is_transient():
            reply = await handler(one.message)
        async with self._pool.acquire() as connection, connection.transaction():
            transaction = self._transaction(connection)
            transaction.record(one, reply)
            await transaction.finish()

    @asynccontextmanager
    async def _held(self, parked: ParkedRecord | None) -> AsyncIterator[bool]:
        """Keeps a parked row locked while its message is handled, and removes it when that went well.

        False when it is gone: another process was faster, or the undo of the step has come.
        """
        if parked is None:
            yield True
            return
        async with self._pool.acquire() as connection, connection.transaction():
            yield bool(await connection.fetchval(parking.HOLD, parked.row_id))
            await connection.execute("DELETE FROM parked WHERE id = $1", parked.row_id)

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
        return False

    def _transaction(self, connection: Connection) -> Transaction:
        return Transaction(connection, self._service, first_delay=self._settings.park_first_delay)
