"""Messages that can never be sent: their orders are stuck until an operator decides where the message is kept.

Only a command of the saga and the reply to it make their order stuck: without it the run would send again, give up and
undo what works. An event or a rejection tells of what is done already, so nothing of the order waits for it: it is an
open dead letter, and the order goes on.
"""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from chassis.messaging.incoming import Record
from chassis.messaging.unit import Unit
from chassis.saga.engine import Engine
from chassis.saga.moves import Move
from chassis.saga.progress import Progress, Reason
from contracts.envelope import Envelope, NotAnEvent
from contracts.message import MESSAGES, Command, Reply
from contracts.unsendable import UnsendableClosed
from order_intake import measures
from order_intake.application.commands import attempt_of
from order_intake.application.runs import Change, Runs
from order_intake.domain.subject import Subject
from order_intake.store import actions, dead_letters
from order_intake.store.dead_letters import UNSENDABLE, DeadLetter, number_in


class Place(NamedTuple):
    """Which answer of which run does not come: to the command of this step, direction and attempt."""

    run: int
    step: str
    direction: str
    attempt: int


async def keep(records: Sequence[Record], runs: Runs, unit: Unit) -> None:
    """`records` are what came on the dead-letter topic, in order."""
    closed = [notice for record in records if (notice := notice_of(record)) is not None]
    new = await dead_letters.add(unit.connection, [record for record in records if notice_of(record) is None])
    blocking = [change for dl_id in new if (change := await _blocking(unit, dl_id)) is not None]
    unblocking = [
        change
        for one in sorted(closed, key=attrgetter("unsendable_id"))
        if (change := await _closing(unit, one)) is not None
    ]
    if blocking or unblocking:
        await runs.change(unit, [*blocking, *unblocking])


def notice_of(record: Record) -> UnsendableClosed | None:
    """What a service tells of a message that it keeps. No dead letter passes for it: those say why they failed."""
    names = {name for name, _ in record.headers}
    if any(name.startswith("dl-") for name in names):
        return None
    try:
        envelope = Envelope.of(record.headers, record.key)
        message = UnsendableClosed.parse(record.value or b"") if envelope.type == UnsendableClosed.ce_type else None
    except ValueError:  # NotAnEvent and pydantic's ValidationError: then it is kept as a dead letter
        return None
    return message if isinstance(message, UnsendableClosed) else None


def place_of(letter: DeadLetter) -> Place | None:
    """None for what is neither a command nor a reply of a saga."""
    try:
        envelope = Envelope.of(letter.headers, letter.record_key)
    except NotAnEvent:
        return None
    kind = MESSAGES.get(envelope.type)
    order_id, _, run = envelope.saga.rpartition(":")
    if kind is None or not issubclass(kind, Command | Reply) or kind.topic != letter.source_topic:
        return None
    if order_id != letter.order_id or (number := number_in(run)) is None:
        return None
    command_id = envelope.id if issubclass(kind, Command) else envelope.causation
    return Place(number, envelope.step, envelope.direction, attempt_of(command_id))


async def _blocking(unit: Unit, dl_id: str) -> tuple[str, Change] | None:
    letter = await dead_letters.find(unit.connection, dl_id)
    place = place_of(letter) if letter is not None else None
    if letter is None or letter.order_id is None or place is None:
        return None
    reason = Reason(UNSENDABLE, f"{letter.error_message}; it waits for an operator", place.step)

    def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
        if place.run != progress.run:
            return Move(subject, progress, changed=False)
        return engine.blocked(subject, progress, place.step, place.direction, place.attempt, reason, now)

    return letter.order_id, change


async def _closing(unit: Unit, notice: UnsendableClosed) -> tuple[str, Change] | None:
    """Closes the letter and writes the act down; answers how its order goes on."""
    letter = await dead_letters.lock(unit.connection, notice.unsendable_id)
    if letter is None or letter.kind != UNSENDABLE or letter.service != notice.service:
        return None
    if not await dead_letters.close(unit.connection, letter.dl_id, notice.outcome, notice.who):
        return None
    action = {"released": "release", "discarded": "discard"}[notice.outcome]
    await actions.write(
        unit.connection, who=notice.who, action=action, why=notice.why, order_id=letter.order_id, dl_id=letter.dl_id
    )
    unit.after.append(measures.REPLAYED.labels(unit.service, notice.outcome).inc)
    place = place_of(letter)
    if place is None or letter.order_id is None:
        return None
    detail = f"{notice.outcome} by {notice.who}: {notice.why}"

    def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
        if place.run != progress.run:
            return Move(subject, progress, changed=False)
        return engine.unblocked(subject, progress, place.step, now, detail)

    return letter.order_id, change
