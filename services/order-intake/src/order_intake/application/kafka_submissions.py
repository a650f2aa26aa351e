"""Submissions by Kafka: signed by their partner, and answered on `orders.rejections` when they are not accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chassis.messaging.incoming import Record
from chassis.messaging.reading import NotReadable, read_envelope
from chassis.messaging.unit import Unit
from contracts import documents
from contracts.documents import Malformed
from contracts.envelope import Envelope
from contracts.orders import Fault, SubmitOrder
from order_intake import measures
from order_intake.application.door import Door
from order_intake.application.rejections import Rejections
from order_intake.application.runs import Runs
from order_intake.application.signatures import Signatures, key_id_of
from order_intake.application.submission import Accepted, Outcome, Refused, Submission, submit
from order_intake.domain.door.judging import external_id, judge_message
from order_intake.domain.door.rules import Rules
from order_intake.domain.signatures import NotSigned
from order_intake.store import keys


@dataclass(frozen=True, slots=True)
class Trust:
    """How old a signature may be, and whether rejections that all portals read are without content."""

    window: timedelta
    bare_rejections: bool


@dataclass(frozen=True, slots=True)
class Signed:
    """A submission whose partner is known; `wish` is the external id as it was sent, where there is one."""

    envelope: Envelope
    submission: Submission
    wish: str


async def take_in(records: Sequence[Record], runs: Runs, trust: Trust, door: Door, unit: Unit) -> None:
    """A record that is no submission at all is a dead letter of this transaction: strangers may send any number.

    Raises MenuUnknown while none can be judged.
    """
    rules = await door.rules(unit.connection)
    came = [(record, envelope) for record in records if (envelope := submission_in(record, unit)) is not None]
    known = await keys.find(unit.connection, {key_id_of(envelope) for _, envelope in came})
    signatures, rejections = Signatures(known, unit.now, trust.window), Rejections(trust.bare_rejections)
    read = [_read(record, envelope, signatures, rules, rejections) for record, envelope in came]
    signed = [one for one in read if one is not None]
    outcomes = await submit(runs, unit, [one.submission for one in signed]) if signed else []
    for one, outcome in zip(signed, outcomes, strict=True):
        _finish(one, outcome, rejections, unit)
    await rejections.send(unit)


def submission_in(record: Record, unit: Unit) -> Envelope | None:
    """None for what is no submission; it is buried."""
    try:
        return envelope_of(record)
    except NotReadable as error:
        unit.bury(record, error)
        return None


def envelope_of(record: Record) -> Envelope:
    """Raises NotReadable for what is no submission."""
    envelope = read_envelope(record)
    if envelope.type != SubmitOrder.ce_type:
        raise NotReadable(f"{envelope.type} on {record.topic}; expected {SubmitOrder.ce_type}")
    return envelope


def _read(
    record: Record, envelope: Envelope, signatures: Signatures, rules: Rules, rejections: Rejections
) -> Signed | None:
    """None when it was rejected."""
    value = record.value or b""
    partner_id = wish = ""
    try:
        partner_id = signatures.partner_of(envelope, record.key or b"", value)
        document = documents.read(value)  # what nobody has signed is not looked at
        wish = external_id(document.get("form") if isinstance(document, dict) else None)
        judged = judge_message(document, rules)
    except NotSigned as error:
        faults: tuple[Fault, ...] = (Fault(pointer="", code=error.code, detail=str(error)),)
    except Malformed as error:
        faults = (Fault(pointer="", code="malformed", detail=f"the record's value is no order: {error}"),)
    else:
        if judged.form is not None:
            return Signed(envelope, Submission.of(partner_id, judged), wish)
        faults = judged.faults
    rejections.add(envelope, partner_id, wish, faults)
    return None


def _finish(one: Signed, outcome: Outcome, rejections: Rejections, unit: Unit) -> None:
    match outcome:
        case Accepted(repeated=repeated):
            unit.after.append(measures.SUBMITTED.labels("kafka", "repeated" if repeated else "accepted").inc)
        case Refused(faults=faults):
            rejections.add(one.envelope, one.submission.partner_id, one.wish, faults)
