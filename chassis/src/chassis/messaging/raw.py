"""Records that are handled as they are: submissions of portals, and dead letters of all services."""

import contextlib
from collections.abc import Sequence
from dataclasses import replace

import structlog

from chassis.errors import Unprepared
from chassis.messaging.batch_time import IN_PLACE, BatchTime
from chassis.messaging.ending import LEFT, Ending, place_of
from chassis.messaging.incoming import Record
from chassis.messaging.retrying import RETRIABLE
from chassis.messaging.service import Service
from chassis.messaging.unit import Units
from chassis.runtime.database import BLAMELESS, OUTAGE
from contracts.topics import DEAD_LETTERS

PATIENCE = replace(IN_PLACE, tries=5)
log = structlog.get_logger()


class RawRecords:
    """All together, else one by one; what still fails is a dead letter, unless it is one already."""

    def __init__(self, service: Service, units: Units, ending: Ending) -> None:
        self._service, self._units, self._ending = service, units, ending

    async def handle(self, topic: str, records: Sequence[Record], time: BatchTime) -> None:
        """Everything has its outcome when it returns.

        Raises what is no fault of a record: what `database.OUTAGE` and `database.BLAMELESS` name, Unprepared and
        BatchTooLong.
        """
        try:
            await self._together(topic, records)
        except (*OUTAGE, Unprepared):
            raise
        except Exception as error:
            if len(records) > 1:
                for record in records:
                    await self.handle(topic, [record], time)
                    time.check()
            elif isinstance(error, RETRIABLE) and await self._again(topic, records):
                return
            elif isinstance(error, BLAMELESS):
                raise
            elif topic == DEAD_LETTERS.name:
                LEFT.labels(self._service.name).inc()
                log.exception("dead letter left in its topic", **place_of(records[0]), exc_info=error)
            else:
                await self._ending.unreadable([(records[0], error)])

    async def _again(self, topic: str, records: Sequence[Record]) -> bool:
        pauses = PATIENCE.begin()  # of its own: no other table keeps a record meanwhile
        while await pauses.another():
            with contextlib.suppress(*RETRIABLE):
                await self._together(topic, records)
                return True
        return False

    async def _together(self, topic: str, records: Sequence[Record]) -> None:
        async with self._units.begin() as unit:
            await self._service.raw[topic](records, unit)
