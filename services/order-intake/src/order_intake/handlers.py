"""Messages in: replies and events for the saga, submissions from portals, dead letters of all services."""

from collections.abc import Sequence
from datetime import datetime

from chassis.messaging.incoming import Incoming, Record
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from chassis.saga.engine import Engine, Move
from chassis.saga.progress import Progress
from contracts import broadsoft, catalog, errors, numbers, tickets, topics
from contracts.message import Message, Reply
from contracts.numbers import BackorderFilled
from contracts.orders import Fault, OrderRejected, SubmitOrder
from contracts.tickets import TicketResolved
from order_intake.application import measures
from order_intake.application.runs import Change, Runs, attempt_of
from order_intake.application.submission import Accepted, Outcome, Refused, Submission, submit
from order_intake.domain.subject import Subject
from order_intake.signatures import NotSigned, partner_of
from order_intake.store import dead_letters
from order_intake.store.partners import Partners

REPLIES: tuple[type[Reply], ...] = tuple(
    kind
    for module in (catalog, numbers, broadsoft, tickets, errors)
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Reply) and kind.ce_type
)
LISTENS_TO = (
    topics.ORDERS_REPLIES,
    topics.NUMBERS_EVENTS,
    topics.TICKETS_EVENTS,
    topics.ORDERS_SUBMISSIONS,
    topics.DEAD_LETTERS,
)


def make(runs: Runs, partners: Partners) -> Service:
    service = Service("order-intake", listens_to=LISTENS_TO)

    @service.on_batch(*REPLIES, BackorderFilled, TicketResolved)
    async def go_on(messages: Sequence[Message], unit: Unit) -> Sequence[None]:
        changes = [(one.message.order_id, change_of(one)) for one in unit.incoming]
        await runs.change(unit, changes)
        return [None] * len(messages)

    @service.on_batch(SubmitOrder)
    async def take_in(messages: Sequence[SubmitOrder], unit: Unit) -> Sequence[None]:
        signed: list[tuple[Incoming, SubmitOrder, str]] = []
        for one, message in zip(unit.incoming, messages, strict=True):
            try:
                signed.append((one, message, await partner_of(one, partners)))
            except NotSigned as error:
                reject(one, message, (Fault(pointer="", code="not-signed", detail=str(error)),), unit)
        submissions = [Submission(partner_id, message.form) for _, message, partner_id in signed]
        outcomes = await submit(runs, unit, submissions) if submissions else []
        for (one, message, _), outcome in zip(signed, outcomes, strict=True):
            finish(one, message, outcome, unit)
        return [None] * len(messages)

    @service.on_raw(topics.DEAD_LETTERS)
    async def keep(records: Sequence[Record], unit: Unit) -> None:
        await dead_letters.add(unit.connection, records)

    return service


def change_of(one: Incoming) -> Change:
    """What a reply or an event means for the run it belongs to; one of an earlier run means nothing."""
    message, envelope = one.message, one.envelope

    def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
        if not isinstance(message, Reply):
            return engine.informed(subject, progress, message, now)
        if message.run != progress.run:
            return Move(subject, progress, changed=False)
        attempt = attempt_of(envelope.causation)
        return engine.answered(subject, progress, envelope.step, envelope.direction, attempt, message, now)

    return change


def finish(one: Incoming, message: SubmitOrder, outcome: Outcome, unit: Unit) -> None:
    match outcome:
        case Accepted(repeated=repeated):
            unit.after.append(measures.SUBMITTED.labels("kafka", "repeated" if repeated else "accepted").inc)
        case Refused(faults=faults):
            reject(one, message, faults, unit)


def reject(one: Incoming, message: SubmitOrder, faults: tuple[Fault, ...], unit: Unit) -> None:
    unit.after.append(measures.SUBMITTED.labels("kafka", "refused").inc)
    unit.emit(
        OrderRejected(
            order_id=message.order_id, submission_id=one.id, external_id=message.form.external_id, faults=faults
        ),
        one.envelope,
    )
