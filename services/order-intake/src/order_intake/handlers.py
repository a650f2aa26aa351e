"""Messages in: replies and events for the saga, submissions from portals, dead letters of all services."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from chassis.messaging.incoming import Incoming, Record
from chassis.messaging.reading import NotReadable, read_envelope
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from chassis.http.problems import fault
from chassis.saga.engine import Engine, Move
from chassis.saga.progress import Progress
from contracts import broadsoft, catalog, errors, numbers, tickets, topics
from contracts.envelope import Envelope
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

    @service.on_raw(topics.ORDERS_SUBMISSIONS)
    async def take_in(records: Sequence[Record], unit: Unit) -> None:
        """Raw: a submission of the wrong shape is answered, no dead letter; its external id makes it idempotent."""
        read = [await read_submission(record, partners, unit) for record in records]
        accepted = [one for one in read if one is not None]
        submissions = [Submission(partner_id, message.form) for _, message, partner_id in accepted]
        outcomes = await submit(runs, unit, submissions) if submissions else []
        for (envelope, message, partner_id), outcome in zip(accepted, outcomes, strict=True):
            finish(envelope, message, partner_id, outcome, unit)

    @service.on_raw(topics.DEAD_LETTERS)
    async def keep(records: Sequence[Record], unit: Unit) -> None:
        await dead_letters.add(unit.connection, records)

    return service


def change_of(one: Incoming) -> Change:
    """What a reply or an event means for the run it belongs to; one of an earlier run means nothing."""
    message, envelope = one.message, one.envelope

    def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
        if isinstance(message, Reply | TicketResolved | BackorderFilled) and message.run != progress.run:
            return Move(subject, progress, changed=False)
        if not isinstance(message, Reply):
            return engine.informed(subject, progress, message, now)
        attempt = attempt_of(envelope.causation)
        return engine.answered(subject, progress, envelope.step, envelope.direction, attempt, message, now)

    return change


async def read_submission(record: Record, partners: Partners, unit: Unit) -> tuple[Envelope, SubmitOrder, str] | None:
    """The submission and its partner; None when it was rejected. Raises NotReadable for what is no submission."""
    value = record.value or b""
    envelope = read_envelope(record)
    if envelope.type != SubmitOrder.ce_type:
        raise NotReadable(f"{envelope.type} on {record.topic}; expected {SubmitOrder.ce_type}")
    partner_id = external_id = ""
    try:
        partner_id = await partner_of(envelope, value, partners, unit.connection)
        external_id = external_id_of(value)
        message = SubmitOrder.model_validate_json(value, extra="ignore")
    except NotSigned as error:
        faults: tuple[Fault, ...] = (Fault(pointer="", code="not-signed", detail=str(error)),)
        external_id = external_id_of(value)
    except ValidationError as error:
        faults = tuple(shape_fault(one) for one in error.errors(include_url=False))
    else:
        return envelope, message, partner_id
    reject(envelope, partner_id, external_id, faults, unit)
    return None


def shape_fault(error: Any) -> Fault:
    """Pointers go into the form, as those of the other faults do, not into the message around it."""
    found = fault(error)
    return Fault(**{**found, "pointer": found["pointer"].removeprefix("/form")})


def external_id_of(value: bytes) -> str:
    """As well as it can be told from something that may be no form at all."""
    try:
        found = json.loads(value)["form"]["external_id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return found.encode(errors="ignore").decode() if isinstance(found, str) else ""


def finish(envelope: Envelope, message: SubmitOrder, partner_id: str, outcome: Outcome, unit: Unit) -> None:
    match outcome:
        case Accepted(repeated=repeated):
            unit.after.append(measures.SUBMITTED.labels("kafka", "repeated" if repeated else "accepted").inc)
        case Refused(faults=faults):
            reject(envelope, partner_id, message.form.external_id, faults, unit)


def reject(envelope: Envelope, partner_id: str, external_id: str, faults: tuple[Fault, ...], unit: Unit) -> None:
    unit.after.append(measures.SUBMITTED.labels("kafka", "refused").inc)
    rejected = OrderRejected(
        order_id=envelope.key,
        partner_id=partner_id,
        submission_id=envelope.id,
        external_id=external_id,
        faults=faults,
    )
    unit.emit(rejected, envelope)
