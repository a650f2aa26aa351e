"""Handlers that do I/O of their own (a SOAP conversation): their messages wait, and are worked on outside of any
transaction and beside all reading of topics.

They must be idempotent by themselves: a crash between the effect and the commit brings the message again.
"""

from chassis.messaging import inbox, waiting
from chassis.messaging.incoming import Incoming
from chassis.messaging.service import Service
from chassis.messaging.transaction import HANDLING, Transaction, unreachable_is_transient
from chassis.messaging.waiting import Held
from chassis.runtime.database import Pool
from chassis.runtime.settings import ServiceSettings
from contracts.message import Reply


class Outsider:
    """No connection is kept while the handler talks; what came of it is written only while the message is ours."""

    def __init__(self, service: Service, pool: Pool, settings: ServiceSettings) -> None:
        self._service, self._pool, self._settings = service, pool, settings

    async def one(self, one: Incoming, held: Held) -> None:
        """Raises as the handler does."""
        async with self._pool.acquire() as connection:
            known = await inbox.look_up(connection, [one])
        undone_behind = inbox.undo_of(one) in known.waiting.get(one.key, ())
        reply = None if undone_behind or known.settles(one) else await self._answer(one)
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                if not await waiting.end(connection, held):
                    return
                transaction = Transaction(connection, self._service, self._settings)
                if not undone_behind and transaction.is_new(one, known):
                    transaction.record(one, reply)
                await transaction.finish()
            transaction.committed()

    async def _answer(self, one: Incoming) -> Reply:
        handler = self._service.handlers[type(one.message)].outside
        assert handler is not None
        with HANDLING.labels(self._service.name, type(one.message).__name__).time(), unreachable_is_transient():
            return await handler(one.message)
