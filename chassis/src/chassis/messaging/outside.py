"""Handlers that do I/O of their own (a SOAP conversation) run before the transaction, several orders at a time.

They must be idempotent by themselves: a crash between the effect and the commit brings the message again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from chassis.errors import Transient
from chassis.messaging import inbox, waiting
from chassis.messaging.incoming import Incoming
from chassis.messaging.service import Service
from chassis.messaging.transaction import HANDLING, Transaction, unreachable_is_transient
from chassis.messaging.waiting import WaitingRecord
from chassis.runtime.database import Connection, Pool
from chassis.runtime.settings import ServiceSettings
from chassis.runtime.turns import Turns
from contracts.message import Reply

AT_ONCE = 16


class BusyElsewhere(Transient):
    """Another process works on this order now."""

    code = "busy-elsewhere"


class Outsider:
    """Messages whose handlers work outside of any transaction: `AT_ONCE` keys at once, each message committed alone."""

    def __init__(self, service: Service, pool: Pool, settings: ServiceSettings) -> None:
        self._service, self._pool, self._settings = service, pool, settings
        self._turns = Turns()  # a message of a key may come from the topic and from the waiting ones at once

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

    async def one(self, one: Incoming, waited: WaitingRecord | None) -> None:
        """`waited` is its row where it comes from the waiting table. Raises as the handler does, and BusyElsewhere."""
        async with self._turns.at(one.key):
            if waited is not None:
                await self._waited(one, waited)
            elif await self._is_new(one):
                reply = await self._answer(one)
                async with self._pool.acquire() as connection:
                    async with connection.transaction():
                        transaction = self._transaction(connection)
                        transaction.record(one, reply)
                        await transaction.finish()
                    transaction.committed()

    async def _answer(self, one: Incoming) -> Reply:
        handler = self._service.handlers[type(one.message)].outside
        assert handler is not None
        with HANDLING.labels(self._service.name, type(one.message).__name__).time(), unreachable_is_transient():
            return await handler(one.message)

    async def _is_new(self, one: Incoming) -> bool:
        """Deals with duplicates, late dos and waiting keys in a transaction of their own."""
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                transaction = self._transaction(connection)
                known = await inbox.look_up(connection, [one])
                new = transaction.is_new(one, known) and (not known.waiting or await transaction.is_free(one, known))
                await transaction.finish()
            transaction.committed()
        return new

    async def _waited(self, one: Incoming, waited: WaitingRecord) -> None:
        """The row stays locked, on one connection, while its message is handled; gone means that it is settled."""
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                if not await connection.fetchval(waiting.HOLD_IF_FREE, waited.row_id):
                    if await connection.fetchval(waiting.STILL_WAITS, waited.row_id):
                        raise BusyElsewhere
                    return
                transaction = self._transaction(connection)
                if transaction.is_new(one, await inbox.look_up(connection, [one])):
                    transaction.record(one, await self._answer(one))
                await transaction.finish()
                await connection.execute(waiting.END, one.id)
            transaction.committed()

    def _transaction(self, connection: Connection) -> Transaction:
        return Transaction(connection, self._service, self._settings)
