"""The boundary: the fast path takes a batch as one transaction, and after any failure it is taken apart.

What escapes from here is an outage of our own database, or that the service is not prepared yet; the consumer then
seeks back.
"""

from collections.abc import Sequence

import structlog

from chassis.errors import code_of
from chassis.messaging.batch_time import BatchTime
from chassis.messaging.ending import Ending
from chassis.messaging.fetching import Gap
from chassis.messaging.incoming import Incoming, Record
from chassis.messaging.raw import RawRecords
from chassis.messaging.reading import read
from chassis.messaging.retrying import Retrying
from chassis.messaging.service import Service
from chassis.messaging.transaction import Transaction
from chassis.messaging.unit import Units
from chassis.messaging.workers import Workers
from chassis.runtime.database import OUTAGE, Pool
from chassis.runtime.settings import ServiceSettings

log = structlog.get_logger()


class Boundary:
    """Everything that consumes records goes through `handle`; what waits is worked off by `workers`."""

    def __init__(self, service: Service, pool: Pool, settings: ServiceSettings) -> None:
        self._service, self._pool, self._settings = service, pool, settings
        units = Units(pool, service.name, settings.clock)
        self._ending = Ending(service, units)
        self._raw = RawRecords(service, units, self._ending)
        self._retrying = Retrying(service, pool, settings, self._ending)
        self.workers = Workers(self._retrying, pool, settings.waiting_in_hand_seconds)

    async def handle(self, records: Sequence[Record]) -> None:
        """Returns when everything in `records` has its outcome in the database, or waits there.

        Raises what `database.OUTAGE` names, DatabaseTooSlow, Unprepared and BatchTooLong; then nothing may be taken for
        handled.
        """
        batch = read(records, self._service)
        time = BatchTime(self._settings.in_place_seconds, self._settings.batch_seconds)
        await self._ending.unreadable(batch.poison)
        for topic, raw in batch.raw.items():
            await self._raw.handle(topic, raw, time)
        if batch.readable:
            await self._together(batch.readable, time)
            if self._service.works_outside:
                self.workers.wake()

    async def step_over(self, gaps: Sequence[Gap]) -> None:
        """What could not be fetched is a dead letter each. Raises as `Ending.unreadable` does."""
        await self._ending.unreadable([(gap, gap.reason()) for gap in gaps])

    async def _together(self, batch: Sequence[Incoming], time: BatchTime) -> None:
        try:
            async with self._pool.acquire() as connection:
                async with connection.transaction():
                    transaction = Transaction(connection, self._service, self._settings)
                    await transaction.run(batch)
                transaction.committed()
        except OUTAGE:
            raise
        except Exception as error:  # noqa: BLE001  whoever raised it is found one by one
            log.info("batch taken apart", size=len(batch), code=code_of(error), error=str(error))
            for one in batch:
                await self._retrying.one(one, time)
                time.check()
            self.workers.wake()
