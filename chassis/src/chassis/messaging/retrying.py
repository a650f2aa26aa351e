"""One message, one transaction, its own outcome: a transient failure is tried again in place, then it waits."""

import asyncpg
import structlog

from chassis.errors import Transient, code_of
from chassis.messaging import inbox, waiting
from chassis.messaging.batch_time import BatchTime
from chassis.messaging.ending import Ending
from chassis.messaging.incoming import Incoming
from chassis.messaging.outside import Outsider
from chassis.messaging.reading import read
from chassis.messaging.service import Service
from chassis.messaging.transaction import Transaction, count
from chassis.messaging.waiting import Held
from chassis.runtime.database import BLAMELESS, CONTENTION, OUTAGE, Pool
from chassis.runtime.settings import ServiceSettings

RETRIABLE = (Transient, *CONTENTION, asyncpg.UniqueViolationError)
log = structlog.get_logger()


class Retrying:
    """The careful path. What is permanent, or has failed too often, goes to `ending`."""

    def __init__(self, service: Service, pool: Pool, settings: ServiceSettings, ending: Ending) -> None:
        self._service, self._pool, self._settings, self._ending = service, pool, settings, ending
        self._outsider = Outsider(service, pool, settings)

    async def one(self, one: Incoming, time: BatchTime) -> None:
        """One of a batch that was taken apart. Raises what `database.OUTAGE` names."""
        await self._until_outcome(one, time, None)

    async def waited(self, held: Held) -> bool:
        """One that waits, and is in hand: false when it waits on. Raises what `database.OUTAGE` names."""
        batch = read([held], self._service)
        if batch.readable:
            return await self._until_outcome(batch.readable[0], BatchTime(0, 0), held)
        await self._ending.unreadable(batch.poison)
        async with self._pool.acquire() as connection:
            await waiting.end(connection, held)
        return True

    async def _until_outcome(self, one: Incoming, time: BatchTime, held: Held | None) -> bool:
        pauses = time.pauses()
        while True:
            try:
                await self._alone(one, held)
            except OUTAGE:
                raise
            except RETRIABLE as error:
                waiting.RETRIES.labels(self._service.name, type(one.message).__name__, code_of(error)).inc()
                if not await pauses.another():
                    return await self._wait(one, error, held)
            except Exception as error:  # noqa: BLE001  permanent, or a bug of ours: given up at once
                await self._ending.give_up(one, error, held)
                return True
            else:
                return True

    async def _alone(self, one: Incoming, held: Held | None) -> None:
        if held is not None and self._service.handlers[type(one.message)].outside is not None:
            await self._outsider.one(one, held)
            return
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                if held is not None and not await waiting.end(connection, held):
                    return  # another process was faster
                transaction = Transaction(connection, self._service, self._settings)
                await transaction.run([one], waited=held is not None)
            transaction.committed()

    async def _wait(self, one: Incoming, error: BaseException, held: Held | None) -> bool:
        last = held is not None and held.attempt + 1 >= self._settings.waiting_attempts
        if last and not isinstance(error, BLAMELESS):
            await self._ending.give_up(one, error, held)
            return True
        first_delay = self._settings.waiting_first_delay
        async with self._pool.acquire() as connection:
            if held is None:
                await waiting.add(connection, [one], error, after=waiting.delay(1, first_delay))
            elif (undo := inbox.undo_of(one)) and await waiting.waits(connection, one.key, undo):
                return await waiting.end(connection, held)  # it is to be undone as it stands
            else:
                await waiting.postpone(connection, held, error, first_delay=first_delay)
        count(self._service.name, one, "retried")
        log.warning("message waits", order_id=one.key, message=one.id, code=code_of(error), error=str(error))
        return False
