"""The dead letter of an order: its whole story, in the same form as a message that nobody could handle."""

from dataclasses import dataclass

from chassis.messaging import dead_letters as headers
from chassis.messaging.incoming import Headers
from chassis.messaging.outgoing import event
from chassis.messaging.unit import Unit
from chassis.saga.progress import Progress
from contracts.orders import OrderFallout, StoryLine
from contracts.topics import DEAD_LETTERS
from order_intake.domain.subject import Subject
from order_intake.store.orders import OrderRow


@dataclass(slots=True)
class Letter:
    """In the shape of a record, as the dead-letter topic will bring it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


def fallout(row: OrderRow, subject: Subject, progress: Progress, unit: Unit) -> Letter:
    """The dead letter of a run that was undone."""
    reason = progress.reason
    assert reason is not None
    unit.after.append(headers.DEAD.labels(unit.service, "saga", reason.code).inc)
    story = OrderFallout(
        order_id=row.order_id,
        partner_id=row.partner_id,
        external_id=row.external_id,
        run=progress.run,
        step=reason.step,
        code=reason.code,
        reason=reason.detail,
        form=subject.form,
        story=tuple(StoryLine(at=one.at, what=one.what, step=one.step, detail=one.detail) for one in progress.timeline),
    )
    outgoing = event(story, unit.service, unit.now)
    facts = {
        headers.ID: f"{row.order_id}-{progress.run}",
        headers.SERVICE: unit.service,
        headers.SOURCE_TOPIC: "saga",
        headers.ERROR_CODE: reason.code,
        headers.ERROR_MESSAGE: f"{reason.step}: {reason.detail}"[: headers.LONGEST_MESSAGE],
        headers.ATTEMPTS: str(progress.run),
        headers.FAILED_AT: unit.now.isoformat(),
        headers.RETRIABLE: "true",
    }
    stamped = [*outgoing.headers, *((name, value.encode()) for name, value in facts.items())]
    return Letter(DEAD_LETTERS.name, 0, 0, outgoing.key, outgoing.value, stamped)
