"""Changes of a running order that a partner or an operator asks for."""

from datetime import datetime

from chassis.saga.engine import Engine
from chassis.saga.moves import Move
from chassis.saga.progress import Progress, Reason
from contracts.orders import Address
from order_intake.application.runs import Change
from order_intake.domain.e911 import lacks_location
from order_intake.domain.subject import Subject


class AlreadyTakenBack(Exception):
    """The order was undone for another reason and waits for an operator."""


class BeyondTheGate(Exception):
    """The order asks for no 911 location any more."""


def cancellation(why: str) -> Change:
    """Take the order back. The change raises PastThePivot or AlreadyTakenBack."""
    reason = Reason("cancelled", f"cancelled: {why}")

    def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
        move = engine.cancelled(subject, progress, reason, now)
        if not move.changed and progress.ending != "cancelled":
            raise AlreadyTakenBack
        return move

    return change


def with_location(location: Address, accepted_at: datetime) -> Change:
    """The location counts from `accepted_at` (business time); one given before is not restarted by the same text.

    The change raises BeyondTheGate.
    """

    def change(engine: Engine[Subject], subject: Subject, progress: Progress, now: datetime) -> Move[Subject]:
        if progress.phase != "running" or not engine.before_gate(progress):
            raise BeyondTheGate
        if subject.form.e911.location == location and not lacks_location(subject):
            return Move(subject, progress, changed=False)
        e911 = subject.form.e911.model_copy(update={"location": location, "required": True})
        form = subject.form.model_copy(update={"e911": e911})
        changed = subject.model_copy(update={"form": form, "location_accepted_at": accepted_at})
        return engine.changed(changed, progress.noted(now, "911 location accepted"), now)

    return change
