"""The boundary: the fast path takes a batch as one transaction, and after any failure the careful path takes it apart.

Only here is `Exception` caught. A transient failure is tried again in place, then parks its order's key; what is given
up is answered with `CommandFailed` when a saga waits for it and becomes a dead letter when none does. An outage of our
own database escapes, and the consumer seeks back.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime
from functools import partial

import asyncpg
import structlog

from chassis.database import CONTENTION, OUTAGE, Pool
from chassis.errors import Transient, code_of
from chassis.messaging import outbox, parking
from chassis.messaging.dead_letters import dead_letter, traceback_of
from chassis.messaging.incoming import Incoming, Record
from chassis.messaging.outgoing import Outgoing, pack, reply_envelope
from chassis.messaging.outside import BusyElsewhere, Outsider
from chassis.messaging.parking import ParkedRecord
from chassis.messaging.reading import read
from chassis.messaging.service import Service
from chassis.messaging.transaction import Transaction, count
from chassis.messaging.unit import unit_of_work
from chassis.settings import ServiceSettings
from contracts.errors import CommandFailed
from contracts.message import Command
from contracts.topics import DEAD_LETTERS

log = structlog.get_logger()
TRIES_IN_PLACE = (0.05, 0.15, 0.4, 1.0)  # seconds between tries; cut at `in_place_seconds`
RETRIABLE = (Transient, *CONTENTION, asyncpg.UniqueViolationError, TimeoutError)


class Boundary:
    def __init__(self, service: Service, pool: Pool, settings: ServiceSettings) -> None:
        self._service, self._pool, self._settings = service, pool, settings
        self._outsider = Outsider(service, pool, settings)
        # A retry of an outside handler keeps a connection while it talks; the others stay free for the rest.
        self._retries = asyncio.Semaphore(max(settings.database_connections // 3, 1))

    async def handle(self, records: Sequence[Record]) -> None:
        """Returns when everything in `records` has its outcome in the database."""
        batch = read(records, self._service)
        inside = [one for one in batch.readable if self._service.handlers[type(one.message)].outside is None]
        outside = [one for one in batch.readable if self._service.handlers[type(one.message)].outside is not None]
        if batch.poison:
            await self._bury(batch.poison)
        for topic, raw in batch.raw.items():
            await self._raw(topic, raw)
        if inside:
            await self._together(inside)
        await self._outsider.each(outside, self.one)

    async def one(self, one: Incoming, *, parked: ParkedRecord | None = None) -> bool:
        """The careful path: one message, one transaction, its own outcome. False when it stays parked."""
        waits = [] if parked else [wait for wait in TRIES_IN_PLACE if wait <= self._settings.in_place_seconds]
        for wait in [*waits, None]:
            try:
                await self._alone(one, parked)
            except OUTAGE:
                raise
            except BusyElsewhere:
                return False
            except RETRIABLE as error:
                parking.RETRIES.labels(self._service.name, type(one.message).__name__, code_of(error)).inc()
                if wait is None:
                    return await self._later(one, error, parked)
                await asyncio.sleep(wait)
            except Exception as error:  # noqa: BLE001  permanent, or a bug of ours: given up at once
                await self._give_up(one, error, parked)
                return True
            else:
                return True
        raise AssertionError

    async def retry(self, key: str) -> None:
        """Drain the parked messages of a key in order, until one has to wait again."""
        async with self._retries:
            await self._retry(key)

    async def _retry(self, key: str) -> None:
        async with self._pool.acquire() as connection:
            queue = await parking.queue(connection, key)
        for parked in queue:
            batch = read([parked], self._service)
            if batch.readable and not await self.one(batch.readable[0], parked=parked):
                return
            if not batch.readable:
                await self._bury(batch.poison)
                await self._pool.execute("DELETE FROM parked WHERE id = $1", parked.row_id)

    async def _together(self, batch: Sequence[Incoming]) -> None:
        try:
            async with self._pool.acquire() as connection:
                async with connection.transaction():
                    transaction = Transaction(connection, self._service, first_delay=self._settings.park_first_delay)
                    await transaction.run(batch)
                transaction.committed()
        except OUTAGE:
            raise
        except Exception as error:  # noqa: BLE001  whoever raised it is found one by one
            log.info("batch taken apart", size=len(batch), code=code_of(error), error=str(error))
            for one in batch:
                await self.one(one)

    async def _alone(self, one: Incoming, parked: ParkedRecord | None) -> None:
        if self._service.handlers[type(one.message)].outside is not None:
            await self._outsider.one(one, parked)
            return
        async with self._pool.acquire() as connection:
            async with connection.transaction():
                if parked is not None and not await connection.fetchval(parking.HOLD, parked.row_id):
                    return  # another process was faster, or the undo of the step has come
                transaction = Transaction(connection, self._service, first_delay=self._settings.park_first_delay)
                await transaction.run([one], from_parked=parked is not None)
                if parked is not None:
                    await connection.execute(parking.RELEASE, one.id)
            transaction.committed()

    async def _later(self, one: Incoming, error: BaseException, parked: ParkedRecord | None) -> bool:
        count(self._service.name, one, "retried")
        if parked is not None and parked.attempt + 1 >= self._settings.park_attempts:
            await self._give_up(one, error, parked)
            return True
        async with self._pool.acquire() as connection:
            if parked is None:
                await parking.park(connection, one, error, first_delay=self._settings.park_first_delay)
            else:
                await parking.again(connection, parked, error, first_delay=self._settings.park_first_delay)
        log.warning("message parked", order_id=one.key, message=one.id, code=code_of(error), error=str(error))
        return False

    async def _give_up(self, one: Incoming, error: BaseException, parked: ParkedRecord | None) -> None:
        attempts, since = (parked.attempt + 1, parked.first_failed_at) if parked else (1, None)
        log.error("message given up", order_id=one.key, message=one.id, code=code_of(error), exc_info=error)
        async with unit_of_work(self._pool, self._service.name) as unit:
            if isinstance(one.message, Command) and one.envelope.saga:
                unit.send(self._failed(one, one.message, error, unit.now))
                outcome = "failed"
            else:
                name = self._service.name
                unit.send(dead_letter(one.record, name, error, attempts=attempts, first_failed_at=since))
                outcome = "dead_lettered"
            unit.after.append(partial(count, self._service.name, one, outcome))
            await unit.connection.execute(parking.RELEASE, one.id)

    def _failed(self, one: Incoming, command: Command, error: BaseException, now: datetime) -> Outgoing:
        failed = CommandFailed(
            order_id=command.order_id,
            run=command.run,
            code=code_of(error),
            detail=str(error)[:2000],
            traceback=traceback_of(error),
        )
        return pack(failed, reply_envelope(one.envelope, failed.ce_type, self._service.name, now))

    async def _bury(self, poison: Sequence[tuple[Record, Exception]]) -> None:
        letters = [dead_letter(record, self._service.name, error) for record, error in poison]
        async with self._pool.acquire() as connection, connection.transaction():
            await outbox.write(connection, letters)
        for record, error in poison:
            log.warning(
                "dead letter", topic=record.topic, partition=record.partition, offset=record.offset, error=str(error)
            )

    async def _raw(self, topic: str, records: Sequence[Record]) -> None:
        """All together, else one by one; what still fails is a dead letter, unless it is one already."""
        try:
            await self._raw_together(topic, records)
        except OUTAGE:
            raise
        except Exception as error:
            if len(records) > 1:
                for record in records:
                    await self._raw(topic, [record])
            elif isinstance(error, RETRIABLE) and await self._raw_again(topic, records):
                return
            elif topic == DEAD_LETTERS.name:
                log.exception("dead letter left in its topic", offset=records[0].offset, exc_info=error)
            else:
                await self._bury([(records[0], error)])

    async def _raw_again(self, topic: str, records: Sequence[Record]) -> bool:
        for wait in TRIES_IN_PLACE:
            await asyncio.sleep(wait)
            with contextlib.suppress(*RETRIABLE):
                await self._raw_together(topic, records)
                return True
        return False

    async def _raw_together(self, topic: str, records: Sequence[Record]) -> None:
        async with unit_of_work(self._pool, self._service.name) as unit:
            await self._service.raw[topic](records, unit)
