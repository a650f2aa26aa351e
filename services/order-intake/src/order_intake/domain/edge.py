"""What a portal sees of a run: order state, item states, and the sentence that explains them."""

from chassis.saga.progress import Progress
from contracts.orders import OrderState
from order_intake.domain.subject import Subject


def order_state(subject: Subject, progress: Progress) -> OrderState:
    """The TMF622 state of a run. A run that was undone is `held`: it is a dead letter until somebody decides."""
    match progress.phase:
        case "completed":
            return "partial" if subject.cannot_be_built() else "completed"
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


def is_fallout(progress: Progress) -> bool:
    """The run failed and everything was taken back; the order waits for an operator."""
    return progress.phase == "compensated" and progress.ending == "fallout"


def explanation(progress: Progress) -> str:
    """Why the order waits or failed, in one sentence; empty when it simply goes on."""
    if progress.blocked:
        return "; ".join(f"{reason.step}: {reason.detail}" for reason in progress.blocked.values())
    if progress.held:
        return progress.held
    if progress.reason and progress.phase != "completed":
        step = f"{progress.reason.step}: " if progress.reason.step else ""
        return f"{step}{progress.reason.detail}"
    return f"waiting for {' and '.join(sorted(progress.asked))}" if progress.asked and progress.due else ""


def item_states(subject: Subject, progress: Progress, state: OrderState) -> list[OrderState]:
    """One state per item of the form; hosted items complete at the pivot's far side, trunking items by their ticket."""
    if progress.phase != "running" and not (progress.blocked and progress.ending is None):
        failed = {ticket.item_id for ticket in subject.resolved if ticket.outcome == "cannot-do"}
        settled: OrderState = "completed" if state == "partial" else state
        return ["failed" if str(index) in failed else settled for index, _ in enumerate(subject.form.items, 1)]
    built = "start billing" in progress.steps and progress.steps["start billing"].status == "done"
    done = {ticket.item_id: ticket.outcome for ticket in subject.resolved}
    states: list[OrderState] = []
    for index, item in enumerate(subject.form.items, 1):
        outcome = done.get(str(index))
        if outcome == "cannot-do":
            states.append("failed")
        elif built and (item.trunk is None or outcome == "done"):
            states.append("completed")
        else:
            states.append(state if state in ("pending", "held", "acknowledged") else "inProgress")
    return states
