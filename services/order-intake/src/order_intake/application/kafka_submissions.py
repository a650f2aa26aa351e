"""Submissions by Kafka: signed by their partner, and answered on `orders.rejections` when they are not accepted."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from chassis.http.problems import fault
from chassis.messaging.incoming import Record
from chassis.messaging.reading import NotReadable, read_envelope
from chassis.messaging.unit import Unit
from contracts.envelope import Envelope
from contracts.orders import Fault, OrderRejected, SubmitOrder
from order_intake import measures
from order_intake.application.runs import Runs
from order_intake.application.signatures import NotSigned, partner_of
from order_intake.application.submission import Accepted, Outcome, Refused, Submission, submit
from order_intake.store.partners import Partners


@dataclass(frozen=True, slots=True)
class Signed:
    """A submission whose partner is known."""

    envelope: Envelope
    submission: Submission


async def take_in(records: Sequence[Record], runs: Runs, partners: Partners, unit: Unit) -> None:
    """A record that is no submission at all is a dead letter of this transaction: strangers may send any number."""
    signed: list[Signed] = []
    for record in records:
        try:
            one = await _read(record, partners, unit)
        except NotReadable as error:
            unit.bury(record, error)
        else:
            signed += [one] if one is not None else []
    outcomes = await submit(runs, unit, [one.submission for one in signed]) if signed else []
    for one, outcome in zip(signed, outcomes, strict=True):
        _finish(one, outcome, unit)


async def _read(record: Record, partners: Partners, unit: Unit) -> Signed | None:
    """None when it was rejected."""
    value = record.value or b""
    envelope = read_envelope(record)
    if envelope.type != SubmitOrder.ce_type:
        raise NotReadable(f"{envelope.type} on {record.topic}; expected {SubmitOrder.ce_type}")
    partner_id = ""
    try:
        partner_id = await partner_of(envelope, value, partners, unit.connection)
        message = SubmitOrder.model_validate_json(value, extra="ignore")
    except NotSigned as error:
        faults: tuple[Fault, ...] = (Fault(pointer="", code="not-signed", detail=str(error)),)
    except ValidationError as error:
        faults = tuple(_shape_fault(one) for one in error.errors(include_url=False))
    else:
        return Signed(envelope, Submission(partner_id, message.form))
    _reject(envelope, partner_id, external_id_of(value), faults, unit)
    return None


def _shape_fault(error: Any) -> Fault:
    """Pointers go into the form, as those of the other faults do, not into the message around it."""
    found = fault(error)
    return Fault(**{**found, "pointer": found["pointer"].removeprefix("/form")})


def external_id_of(value: bytes) -> str:
    """As far as one can be found in something that may be no form at all."""
    try:
        found = json.loads(value)["form"]["external_id"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return found.encode(errors="ignore").decode() if isinstance(found, str) else ""


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
