"""One message, one transaction, its own outcome: a transient failure is tried again in place, then it waits."""

import asyncio

import asyncpg
import structlog

from chassis.errors import Transient, code_of
from chassis.messaging import waiting
from chassis.messaging.ending import Ending
from chassis.messaging.incoming import Incoming
from chassis.messaging.outside import BusyElsewhere, Outsider
from chassis.messaging.reading import read
from chassis.messaging.service import Service
from chassis.messaging.transaction import Transaction, count
from chassis.messaging.waiting import WaitingRecord
from chassis.runtime.database import CONTENTION, OUTAGE, Pool
from chassis.runtime.settings import ServiceSettings

PAUSES_IN_PLACE = (0.05, 0.15, 0.4, 1.0)  # seconds between tries; cut at `in_place_seconds`
RETRIABLE = (Transient, *CONTENTION, asyncpg.UniqueViolationError, TimeoutError)
log = structlog.get_logger()


class Retrying:
    """The careful path. What is permanent, or has failed too often, goes to `ending`."""

    def __init__(
        self, service: Service, pool: Pool, settings: ServiceSettings, outsider: Outsider, ending: Ending
    ) -> None:
        self._service, self._pool, self._settings = service, pool, settings
        self._outsider, self._ending = outsider, ending
        # A retry of an outside handler keeps a connection while it talks; the others stay free for the rest.
        self._at_once = asyncio.Semaphore(max(settings.database_connections // 3, 1))

    async def one(self, one: Incoming, *, waited: WaitingRecord | None = None) -> bool:
        """False when the message (still) waits, True when it has its outcome. `waited` is its row, if it has one."""
        pauses = [] if waited else [pause for pause in PAUSES_IN_PLACE if pause <= self._settings.in_place_seconds]
        for pause in [*pauses, None]:
            try:
                await self._alone(one, waited)
            except OUTAGE:
                raise
            except BusyElsewhere:
                return False
            except RETRIABLE as error:
                waiting.RETRIES.labels(self._service.name, type(one.message).__name__, code_of(error)).inc()
                if pause is None:
                    return await self._wait(one, error, waited)
                await asyncio.sleep(pause)
            except Exception as error:  # noqa: BLE001  permanent, or a bug of ours: given up at once
                await self._ending.give_up(one, error, waited)
                return True
            else:
                return True
        raise AssertionError

    async def key(self, key: str) -> None:
        """The waiting messages of a key in order, until one has to wait longer."""
        async with self._at_once:
            async with self._pool.acquire() as connection:
                queue = await waiting.queue(connection, key)
            for waited in queue:
                batch = read([waited], self._service)
                if batch.readable and not await self.one(batch.readable[0], waited=waited):
                    return
                if not batch.readable:
                    await self._ending.unreadable(batch.poison)
                    await self._pool.execute(waiting.END_ROW, waited.row_id)

    async def _alone(self, one: Incoming, waited: WaitingRecord | None) -> None:
        if self._service.handlers[type(one.message)].outside is not None:
            await self._outsider.one(one, waited)
            return
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                if waited is not None and not await connection.fetchval(waiting.HOLD, waited.row_id):
                    return  # another process was faster, or the undo of the step has come
                transaction = Transaction(connection, self._service, self._settings)
                await transaction.run([one], waited=waited is not None)
                if waited is not None:
                    await connection.execute(waiting.END, one.id)
            transaction.committed()

    async def _wait(self, one: Incoming, error: BaseException, waited: WaitingRecord | None) -> bool:
        if waited is not None and waited.attempt + 1 >= self._settings.waiting_attempts:
            await self._ending.give_up(one, error, waited)
            return True
        async with self._pool.acquire() as connection:
            if waited is None:
                await waiting.add(connection, one, error, first_delay=self._settings.waiting_first_delay)
            else:
                await waiting.postpone(connection, waited, error, first_delay=self._settings.waiting_first_delay)
        count(self._service.name, one, "retried")
        log.warning("message waits", order_id=one.key, message=one.id, code=code_of(error), error=str(error))
        return False
