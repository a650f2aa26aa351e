"""How a message ends that nobody could handle: `CommandFailed` when a saga waits for it, else a dead letter."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import structlog
from asyncpg.exceptions import DataError, PostgresError
from prometheus_client import Counter

from chassis.errors import code_of, in_words
from chassis.messaging import outbox, waiting
from chassis.messaging.dead_letters import count_dead, dead_letter, traceback_of
from chassis.messaging.fetching import Gap
from chassis.messaging.incoming import Incoming, Record
from chassis.messaging.outgoing import Outgoing, pack, reply_envelope
from chassis.messaging.service import Service
from chassis.messaging.transaction import count
from chassis.messaging.unit import Units
from chassis.messaging.waiting import Held
from chassis.runtime.database import BLAMELESS, OUTAGE
from contracts.errors import CommandFailed
from contracts.message import Command

LONGEST_DETAIL = 2_000
LEFT = Counter("dead_letters_left_total", "Dead letters that could not be made or kept.", ["service"])
log = structlog.get_logger()


class Ending:
    """Each method writes the outcome in a transaction of its own."""

    def __init__(self, service: Service, units: Units) -> None:
        self._service, self._units = service, units

    async def give_up(self, one: Incoming, error: BaseException, held: Held | None) -> None:
        """The last word on a message that failed for good; it waits no longer. Nothing when it is no longer in hand."""
        log.error("message given up", order_id=one.key, message=one.id, code=code_of(error), exc_info=error)
        name = self._service.name
        async with self._units.begin() as unit:
            if held is not None and not await waiting.end(unit.connection, held):
                return
            if isinstance(one.message, Command) and one.envelope.saga:
                unit.send(self._failed(one, one.message, error, unit.now))
                outcome = "failed"
            else:
                attempts, since = (held.attempt + 1, held.first_failed_at) if held else (1, None)
                unit.send(dead_letter(one.record, name, error, attempts=attempts, first_failed_at=since))
                unit.after.append(partial(count_dead, name, one.record, error))
                outcome = "dead_lettered"
            unit.after.append(partial(count, name, one, outcome))

    async def unreadable(self, poison: Sequence[tuple[Record, Exception]]) -> None:
        """Records that are no message of ours become dead letters, all in one transaction.

        One of which no letter can be made stops none of the others, and is counted. Raises what `database.OUTAGE`
        names, and what else a database raises that takes no letter at all.
        """
        if not poison:
            return
        try:
            await self._bury(poison)
        except Exception as error:
            if isinstance(error, (*OUTAGE, *BLAMELESS, PostgresError)) and not isinstance(error, DataError):
                raise
            if len(poison) > 1:
                for one in poison:
                    await self.unreadable([one])
                return
            record, _ = poison[0]
            LEFT.labels(self._service.name).inc()
            log.exception("no dead letter can be made", **place_of(record), exc_info=error)

    async def _bury(self, poison: Sequence[tuple[Record, Exception]]) -> None:
        name = self._service.name
        letters = [
            dead_letter(record, name, error, letter_id=record.letter_id(name) if isinstance(record, Gap) else None)
            for record, error in poison
        ]
        async with self._units.pool.acquire() as connection, connection.transaction():
            await outbox.write(connection, letters)
        for record, error in poison:
            count_dead(name, record, error)
            log.warning("dead letter", **place_of(record), error=str(error))

    def _failed(self, one: Incoming, command: Command, error: BaseException, now: datetime) -> Outgoing:
        failed = CommandFailed(
            order_id=command.order_id,
            run=command.run,
            code=code_of(error),
            detail=in_words(error)[:LONGEST_DETAIL],
            traceback=traceback_of(error),
        )
        return pack(failed, reply_envelope(one.envelope, failed.ce_type, self._service.name, now))


def place_of(record: Record) -> dict[str, str | int]:
    """For the log."""
    return {"topic": record.topic, "partition": record.partition, "offset": record.offset}
