"""The dead letter of an order: its whole story, in the same form as a message that nobody could handle."""

from dataclasses import dataclass
from datetime import datetime

from chassis.messaging import dead_letters as names
from chassis.messaging.incoming import Headers
from chassis.messaging.outgoing import event
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


def fallout(row: OrderRow, subject: Subject, progress: Progress, now: datetime) -> Letter:
    reason = progress.reason
    assert reason is not None
    names.DEAD.labels("order-intake", "saga", reason.code).inc()
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
    outgoing = event(story, "order-intake", now)
    facts = {
        names.ID: f"{row.order_id}-{progress.run}",
        names.SERVICE: "order-intake",
        names.SOURCE_TOPIC: "saga",
        names.ERROR_CODE: reason.code,
        names.ERROR_MESSAGE: f"{reason.step}: {reason.detail}"[: names.LONGEST_MESSAGE],
        names.ATTEMPTS: str(progress.run),
        names.FAILED_AT: now.isoformat(),
        names.RETRIABLE: "true",
    }
    headers = [*outgoing.headers, *((name, value.encode()) for name, value in facts.items())]
    return Letter(DEAD_LETTERS.name, 0, 0, outgoing.key, outgoing.value, headers)
