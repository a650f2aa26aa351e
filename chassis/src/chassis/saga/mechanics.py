"""How a run moves: forward through its parts, back through what it did, and in time. The events are in engine.py."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from chassis.saga.heard import Heard
from chassis.saga.moves import Move, reason_of
from chassis.saga.progress import Ending, Progress, Reason, Sending, StepState
from chassis.saga.steps import Gate, Pivot, Saga, Stage, Step, Waits
from contracts.errors import CommandFailed
from contracts.message import Command, Reply

S = TypeVar("S")
LONGEST_PAUSE = timedelta(minutes=5)


class Mechanics(Generic[S]):
    """`patience` multiplies every deadline (tests and demos shorten them).

    `now` is real time in every method. Gates are asked in business time, which is `ahead` of it.
    """

    def __init__(self, saga: Saga[S], *, patience: float = 1.0, ahead: timedelta = timedelta(0)) -> None:
        self.saga, self._patience, self._ahead = saga, patience, ahead

    def past_pivot(self, progress: Progress) -> bool:
        """Is it too late to take the run back?"""
        return progress.at > self.saga.pivot

    # ── forward ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _enter(self, subject: S, progress: Progress, at: int, now: datetime) -> Move[S]:
        """Go through the parts from `at` on until one has to wait for somebody."""
        while at < len(self.saga.parts):
            progress = progress.but(at=at)
            part = self.saga.parts[at]
            if isinstance(part, Stage):
                steps = [step for step in part.steps if step.name not in progress.steps and step.when(subject)]
                if steps:
                    return self._begin(subject, progress, steps, now)
            elif isinstance(part, Gate):
                held = part.verdict(subject, now + self._ahead)
                if held is not None:
                    if progress.held != held.reason:
                        progress = progress.noted(now, "held", part.name, held.reason)
                    progress = progress.but(held=held.reason, held_state=held.state, held_until=held.until)
                    return Move(subject, progress.but(due=held.until and held.until - self._ahead))
                progress = progress.but(held="", held_state="", held_until=None)
            elif isinstance(part, Pivot):
                progress = progress.noted(now, "past the pivot")
            else:
                move = self._attend(subject, progress, part, now)
                if move.progress.asked or _doing(move.progress):
                    return move
                progress = move.progress
            at += 1
        return Move(subject, progress.but(at=at, phase="completed", due=None).noted(now, "completed"))

    def _attend(self, subject: S, progress: Progress, part: Waits[S], now: datetime) -> Move[S]:
        """Begin what can be done by now, and go on waiting for the rest."""
        progress = self._waiting(subject, progress, part, now)
        steps = [step for step in part.steps if self._may_begin(step, progress) and step.when(subject)]
        return self._begin(subject, progress, steps, now)

    def _may_begin(self, step: Step[S], progress: Progress) -> bool:
        state = progress.steps.get(step.name)
        return state is None or (step.again and state.status == "done")

    def _begin(self, subject: S, progress: Progress, steps: Sequence[Step[S]], now: datetime) -> Move[S]:
        sending = []
        for step in steps:
            before = progress.steps.get(step.name)
            attempt = before.attempt + 1 if before else 1
            state = StepState("doing", attempt=attempt, due=self._deadline(step, 1, now))
            progress = progress.with_step(step.name, state).noted(now, "sent", step.name)
            sending.append(Sending(step.do(subject), step.name, "do", state.attempt))
        return Move(subject, self._with_due(progress), tuple(sending))

    def _advance(self, subject: S, progress: Progress, now: datetime) -> Move[S]:
        if isinstance(self.saga.parts[progress.at], Waits):
            return self._enter(subject, progress, progress.at, now)
        if _doing(progress):
            return Move(subject, self._with_due(progress))
        return self._enter(subject, progress, progress.at + 1, now)

    def _waiting(self, subject: S, progress: Progress, part: Waits[S], now: datetime) -> Progress:
        asked = {
            wait.name: progress.asked.get(wait.name, now + wait.every * self._patience)
            for wait in part.waits
            if wait.waiting(subject)
        }
        for name in asked.keys() - progress.asked.keys():
            progress = progress.noted(now, "waiting", name)
        return progress.but(asked=asked)

    def _look_again(self, subject: S, progress: Progress, part: Waits[S], late: list[str], now: datetime) -> Move[S]:
        """Send again what is `late`, and ask those that have not been heard of for long."""
        move = self._resend(subject, progress, late, "do", now)
        sending, asked = list(move.sending), dict(progress.asked)
        for wait in part.waits:
            if wait.waiting(subject) and asked.get(wait.name, now) <= now:
                attempt = int(now.timestamp() * 1000)  # every question is a new message
                sending.append(Sending(wait.ask(subject), wait.name, "ask", attempt))
                asked[wait.name] = now + wait.every * self._patience
        if not sending:
            return Move(subject, progress, changed=False)
        return Move(subject, self._with_due(move.progress.but(asked=asked)), tuple(sending))

    # ── "no", silence ────────────────────────────────────────────────────────────────────────────────────────────

    def _said_no(self, subject: S, progress: Progress, name: str, reply: Reply, now: datetime) -> Move[S]:
        state, step = progress.steps[name], self.saga.step(name)
        reason = reason_of(name, reply)
        what = "failed" if isinstance(reply, CommandFailed) else "refused"
        progress = progress.noted(now, what, name, f"{reason.code}: {reason.detail}")
        if state.status == "doing" and not self.past_pivot(progress):
            progress = progress.with_step(name, replace(state, status="failed" if what == "failed" else "refused"))
            return self._undo(subject, progress, reason, "fallout", now)
        if state.status == "undoing" and state.attempt >= step.tries:
            return self._stuck(subject, progress, reason, now)
        progress = progress.with_step(name, self._anew(state, now)).but(reason=progress.reason or reason)
        return Move(subject, self._with_due(progress))

    def _anew(self, state: StepState, now: datetime) -> StepState:
        """Sent as another command after a pause; `tries` 0 marks that it has not gone out yet."""
        pause = min(timedelta(seconds=2 ** min(state.attempt, 9)), LONGEST_PAUSE) * self._patience
        return StepState(state.status, 0, state.attempt + 1, now + pause)

    def _late(self, subject: S, progress: Progress, direction: str, now: datetime, heard: Heard) -> list[str]:
        """Steps whose time has come, less those whose participant has not read yet what it should answer."""
        status = f"{direction}ing"
        due = {
            name: state.due
            for name, state in progress.steps.items()
            if state.status == status and state.due is not None and state.due <= now
        }
        return [name for name, when in due.items() if when <= heard.about(self._command(subject, name, direction))]

    def _command(self, subject: S, name: str, direction: str) -> Command:
        step = self.saga.step(name)
        return step.undo(subject) if direction == "undo" and step.undo is not None else step.do(subject)

    def _resend(self, subject: S, progress: Progress, late: list[str], direction: str, now: datetime) -> Move[S]:
        for_ever = direction == "do" and self.past_pivot(progress)
        silent = [name for name in late if progress.steps[name].tries >= self.saga.step(name).tries and not for_ever]
        if silent:
            name = silent[0]
            reason = Reason("no-answer", f"no answer to {name!r} after {progress.steps[name].tries} tries", name)
            progress = progress.noted(now, "timed out", name)
            if direction == "undo":
                return self._stuck(subject, progress, reason, now)
            return self._undo(subject, progress, reason, "fallout", now)
        if not late:
            return Move(subject, progress, changed=False)
        sending = []
        for name in late:
            step, state = self.saga.step(name), progress.steps[name]
            tries = state.tries + 1
            fresh = replace(state, tries=tries, due=self._deadline(step, tries, now))
            progress = progress.with_step(name, fresh).noted(now, "sent again", name)
            if direction == "undo":
                sending.append(self._undo_of(step, subject, fresh))
            else:
                sending.append(Sending(step.do(subject), name, "do", fresh.attempt))
        return Move(subject, self._with_due(progress), tuple(sending))

    # ── back ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _undo(self, subject: S, progress: Progress, reason: Reason, ending: Ending, now: datetime) -> Move[S]:
        progress = progress.but(phase="undoing", ending=ending, reason=reason)
        progress = progress.but(held="", held_state="", held_until=None).noted(now, "undoing", detail=reason.detail)
        return self._undo_next(subject, progress, now)

    def _undo_next(self, subject: S, progress: Progress, now: datetime) -> Move[S]:
        """Undo the last stage that has something to undo; stage by stage, in reverse."""
        if any(state.status == "undoing" for state in progress.steps.values()):
            return Move(subject, self._with_due(progress))
        for part in reversed(self.saga.parts[: self.saga.pivot]):
            steps = [step for step in part.steps if self._to_undo(step, progress)] if isinstance(part, Stage) else []
            if steps:
                sending = []
                for step in steps:
                    state = StepState("undoing", due=self._deadline(step, 1, now))
                    progress = progress.with_step(step.name, state).noted(now, "undo sent", step.name)
                    sending.append(self._undo_of(step, subject, state))
                return Move(subject, self._with_due(progress), tuple(sending))
        return Move(subject, progress.but(phase="compensated", due=None).noted(now, "everything undone"))

    def _to_undo(self, step: Step[S], progress: Progress) -> bool:
        """Everything that may have happened: done, failed half-way, or still without an answer."""
        state = progress.steps.get(step.name)
        if step.undo is None or state is None:
            return False
        return state.status in ("done", "doing", "failed") or (state.status == "refused" and step.leaves_traces)

    def _undo_of(self, step: Step[S], subject: S, state: StepState) -> Sending:
        assert step.undo is not None
        return Sending(step.undo(subject), step.name, "undo", state.attempt)

    def _stuck(self, subject: S, progress: Progress, reason: Reason, now: datetime) -> Move[S]:
        progress = progress.but(phase="stuck", due=None, reason=progress.reason or reason)
        return Move(subject, progress.noted(now, "stuck", reason.step, reason.detail))

    # ── time ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _deadline(self, step: Step[S], tries: int, now: datetime) -> datetime:
        """Each re-send waits longer, so that a slow participant is not buried under repeats."""
        return now + step.within * self._patience * min(tries, 5)

    def _with_due(self, progress: Progress) -> Progress:
        awaited = "doing" if progress.phase == "running" else "undoing"
        dues = [state.due for state in progress.steps.values() if state.status == awaited and state.due is not None]
        return progress.but(due=min([*dues, *progress.asked.values()], default=None))


def _doing(progress: Progress) -> bool:
    return any(state.status == "doing" for state in progress.steps.values())
