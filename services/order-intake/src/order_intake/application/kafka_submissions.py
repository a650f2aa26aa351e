"""Submissions by Kafka: signed by their partner, and answered on `orders.rejections` when they are not accepted."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.messaging.incoming import Record
from chassis.messaging.reading import NotReadable, read_envelope
from chassis.messaging.unit import Unit
from contracts.envelope import Envelope
from contracts.orders import Fault, OrderRejected, SubmitOrder
from order_intake import measures
from order_intake.application.door import Door
from order_intake.application.runs import Runs
from order_intake.application.signatures import NotSigned, partner_of
from order_intake.application.submission import Accepted, Outcome, Refused, Submission, submit
from order_intake.domain.door import documents
from order_intake.domain.door.documents import Malformed
from order_intake.domain.door.judging import external_id, judge_message
from order_intake.domain.door.rules import Rules
from order_intake.store.partners import Partners


@dataclass(frozen=True, slots=True)
class Signed:
    """A submission whose partner is known."""

    envelope: Envelope
    submission: Submission


async def take_in(records: Sequence[Record], runs: Runs, partners: Partners, door: Door, unit: Unit) -> None:
    """Raises NotReadable for a record that is no submission at all, MenuUnknown while none can be judged."""
    rules = await door.rules(unit.connection)
    read = [await _read(record, partners, rules, unit) for record in records]
    signed = [one for one in read if one is not None]
    outcomes = await submit(runs, unit, [one.submission for one in signed]) if signed else []
    for one, outcome in zip(signed, outcomes, strict=True):
        _finish(one, outcome, unit)


async def _read(record: Record, partners: Partners, rules: Rules, unit: Unit) -> Signed | None:
    """None when it was rejected."""
    value = record.value or b""
    envelope = read_envelope(record)
    if envelope.type != SubmitOrder.ce_type:
        raise NotReadable(f"{envelope.type} on {record.topic}; expected {SubmitOrder.ce_type}")
    partner_id = ""
    try:
        partner_id = await partner_of(envelope, value, partners, unit.connection)
        judged = judge_message(documents.read(value), rules)
    except NotSigned as error:
        faults: tuple[Fault, ...] = (Fault(pointer="", code="not-signed", detail=str(error)),)
    except Malformed as error:
        faults = (Fault(pointer="", code="malformed", detail=f"the record's value is not JSON: {error}"),)
    else:
        if judged.form is not None:
            return Signed(envelope, Submission.of(partner_id, judged))
        faults = judged.faults
    _reject(envelope, partner_id, external_id_of(value), faults, unit)
    return None


def external_id_of(value: bytes) -> str:
    """As far as one can be found in something that may be no form at all."""
    try:
        document = documents.read(value)
    except Malformed:
        return ""
    return external_id(document.get("form") if isinstance(document, dict) else None)


def _finish(one: Signed, outcome: Outcome, unit: Unit) -> None:
    match outcome:
        case Accepted(repeated=repeated):
            unit.after.append(measures.SUBMITTED.labels("kafka", "repeated" if repeated else "accepted").inc)
        case Refused(faults=faults):
            submission = one.submission
            _reject(one.envelope, submission.partner_id, submission.form.external_id, faults, unit)


def _reject(envelope: Envelope, partner_id: str, external_id: str, faults: tuple[Fault, ...], unit: Unit) -> None:
    unit.after.append(measures.SUBMITTED.labels("kafka", "refused").inc)
    rejected = OrderRejected(
        order_id=envelope.key,
        partner_id=partner_id,
        submission_id=envelope.id,
        external_id=external_id,
        faults=faults,
    )
    unit.emit(rejected, envelope)
