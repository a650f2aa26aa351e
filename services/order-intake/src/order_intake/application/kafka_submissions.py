"""Submissions by Kafka: signed by their partner, and answered on `orders.rejections` when they are not accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from chassis.messaging.incoming import Record
from chassis.messaging.reading import NotReadable, read_envelope
from chassis.messaging.unit import Unit
from chassis.runtime.slices import Slices
from contracts import content_types, documents
from contracts.documents import Malformed
from contracts.echo import quoted
from contracts.envelope import Envelope
from contracts.orders import Fault, SubmitOrder
from order_intake import measures
from order_intake.application.door import Door
from order_intake.application.rejections import Rejections
from order_intake.application.runs import Runs
from order_intake.application.signatures import Signatures, key_id_of
from order_intake.application.strange_records import Strange, answer_or_bury
from order_intake.application.submission import Accepted, Outcome, Refused, Submission, submit
from order_intake.domain.door.judging import external_id, judge_message
from order_intake.domain.door.rules import Rules
from order_intake.domain.signatures import NotSigned
from order_intake.store import keys

SAYS_KIND = ("content-type", "ce_datacontenttype", "datacontenttype")
SAYS_PACKED = "content-encoding"


class NotJson(ValueError):
    """The record says so itself. `code` tells why."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


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
    came, strange = sorted_out(records)
    named = {key_id_of(envelope) for _, envelope in came} | {key_id_of(one.envelope) for one in strange}
    known = await keys.find(unit.connection, named)
    signatures, rejections = Signatures(known, unit.now, trust.window), Rejections(trust.bare_rejections)
    signed: list[Signed] = []
    slices = Slices()
    await answer_or_bury(strange, signatures, rejections, unit, slices)
    for record, envelope in came:
        if (one := _read(record, envelope, signatures, rules, rejections)) is not None:
            signed.append(one)
        await slices.between()
    outcomes = await submit(runs, unit, [one.submission for one in signed]) if signed else []
    for one, outcome in zip(signed, outcomes, strict=True):
        _finish(one, outcome, rejections, unit)
    await rejections.send(unit)


def sorted_out(records: Sequence[Record]) -> tuple[list[tuple[Record, Envelope]], list[Strange]]:
    """Submissions, and what is none."""
    came: list[tuple[Record, Envelope]] = []
    strange: list[Strange] = []
    for record in records:
        try:
            came.append((record, envelope_of(record)))
        except NotReadable as error:
            strange.append(Strange(record, Envelope.of_whatever(record.headers, record.key), error))
    return came, strange


def envelope_of(record: Record) -> Envelope:
    """Raises NotReadable for what is no submission."""
    envelope = read_envelope(record)
    if envelope.type != SubmitOrder.ce_type:
        detail = f"the header `ce_type` is {quoted(envelope.type)}; {record.topic} takes {SubmitOrder.ce_type}"
        raise NotReadable(detail)
    return envelope


def _read(
    record: Record, envelope: Envelope, signatures: Signatures, rules: Rules, rejections: Rejections
) -> Signed | None:
    """None when it was rejected."""
    partner_id = wish = ""
    try:
        partner_id = signatures.partner_of(record, envelope)
        require_json(envelope)
        document = documents.read(record.value or b"")  # what nobody has signed is not looked at
        wish = external_id(document.get("form") if isinstance(document, dict) else None)
        judged = judge_message(document, envelope.key, rules)
    except (NotSigned, NotJson) as error:
        faults: tuple[Fault, ...] = (Fault(pointer="", code=error.code, detail=str(error)),)
    except Malformed as error:
        faults = (Fault(pointer="", code="malformed", detail=f"the record's value is no order: {error}"),)
    else:
        if judged.form is not None:
            return Signed(envelope, Submission.of(partner_id, judged), wish)
        faults = judged.faults
    rejections.add(envelope, partner_id, wish, faults)
    return None


def require_json(envelope: Envelope) -> None:
    """Raises NotJson when the record says that its value is something else, as HTTP's door does.

    What says nothing is JSON. A portal may spell the headers as HTTP and as CloudEvents do.
    """
    if unclear := [name for name in envelope.unclear if name.lower() in (*SAYS_KIND, SAYS_PACKED)]:
        raise NotJson("not-json", f"the header `{unclear[0]}` {envelope.unclear[unclear[0]]}")
    for name, said in (("content-type", envelope.content_type), *envelope.extra.items()):
        wrong = None
        if name.lower() in SAYS_KIND:
            wrong = content_types.fault(said.strip() or content_types.JSON, [content_types.JSON])
        elif name.lower() == SAYS_PACKED:
            wrong = content_types.packed(said.strip())
        if wrong is not None:
            raise NotJson(wrong.code, f"the header `{name}`: {wrong.detail}")


def _finish(one: Signed, outcome: Outcome, rejections: Rejections, unit: Unit) -> None:
    match outcome:
        case Accepted(repeated=repeated):
            unit.after.append(measures.SUBMITTED.labels("kafka", "repeated" if repeated else "accepted").inc)
        case Refused(faults=faults):
            rejections.add(one.envelope, one.submission.partner_id, one.wish, faults)
