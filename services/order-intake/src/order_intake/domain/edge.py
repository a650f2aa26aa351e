"""What a portal sees of a run: order state, item states, and the sentence that explains them."""

from collections.abc import Collection, Iterator

from chassis.saga.progress import Progress
from contracts.orders import OrderState
from contracts.tickets import ResolvedTicket, SetupResolution
from order_intake.domain.definitions import DEFINITIONS
from order_intake.domain.subject import Subject


def order_state(subject: Subject, progress: Progress) -> OrderState:
    """The TMF622 state of a run. A run that was undone is `held`: it is a dead letter until somebody decides."""
    match progress.phase:
        case "completed":
            return _ended(subject, progress)
        case "stuck":  # TMF622 has no way from pendingCancellation to held
            return "pendingCancellation" if progress.ending == "cancelled" else "held"
        case "undoing":
            return "pendingCancellation" if progress.ending == "cancelled" else "inProgress"
        case "compensated":
            return "cancelled" if progress.ending == "cancelled" else "held"
    if progress.held_state == "pending":
        return "pending"
    if progress.held_state == "held":
        return "held"
    started = progress.run > 1 or progress.at > 0 or any(state.status != "doing" for state in progress.steps.values())
    # TMF622 has no way back to acknowledged: one that was stuck has begun.
    return "inProgress" if started or any(entry.what == "stuck" for entry in progress.timeline) else "acknowledged"


def _ended(subject: Subject, progress: Progress) -> OrderState:
    """By version 1 something is always delivered: all was billed at the pivot."""
    if progress.version > 1 and subject.group is None and not subject.deliveries():
        return "failed"
    return "partial" if subject.failed_items() else "completed"


def is_fallout(progress: Progress) -> bool:
    """The run failed and everything was taken back; the order waits for an operator."""
    return progress.phase == "compensated" and progress.ending == "fallout"


def explanation(subject: Subject, progress: Progress) -> str:
    """Why the order waits or failed, or what of it did, in one sentence; empty when it simply goes on."""
    if progress.blocked:
        return "; ".join(f"{reason.step}: {reason.detail}" for reason in progress.blocked.values())
    if progress.held:
        return progress.held
    if progress.phase == "completed":
        return "; ".join(_failures(subject))
    if progress.reason:
        step = f"{progress.reason.step}: " if progress.reason.step else ""
        return f"{step}{progress.reason.detail}"
    return f"waiting for {' and '.join(sorted(progress.asked))}" if progress.asked and progress.due else ""


def _failures(subject: Subject) -> Iterator[str]:
    """What people say they could not build, by ticket."""
    ended: list[ResolvedTicket | SetupResolution] = [*subject.resolved]
    ended += [subject.setup] if subject.setup else []
    return (f"{one.ticket_id}: {one.reason}" for one in ended if one.outcome == "cannot-do")


def item_states(subject: Subject, progress: Progress, state: OrderState) -> list[OrderState]:
    """One state per item of the form: it is completed when it is delivered."""
    failed, delivered = subject.failed_items(), _delivered(subject, progress)
    ended = progress.phase != "running" and not (progress.blocked and progress.ending is None)
    waits = state if state in ("pending", "held", "acknowledged") else "inProgress"
    states: list[OrderState] = []
    for item_id in map(str, range(1, len(subject.form.items) + 1)):
        if item_id in failed:
            states.append("failed")
        elif ended:
            states.append("completed" if state == "partial" else state)
        else:
            states.append("completed" if item_id in delivered else waits)
    return states


def _delivered(subject: Subject, progress: Progress) -> Collection[str]:
    """Of a run that goes on; by version 1 all but what people build, once it is billed."""
    if progress.version > 1:
        past = progress.at > DEFINITIONS[progress.version].pivot + 1
        return subject.delivered_items() if past else ()
    billing = progress.steps.get("start billing")
    if billing is None or billing.status != "done":
        return ()
    proven = {ticket.item_id for ticket in subject.resolved if ticket.outcome == "done"}
    items = enumerate(subject.form.items, 1)
    return {str(index) for index, item in items if item.trunk is None or str(index) in proven}
