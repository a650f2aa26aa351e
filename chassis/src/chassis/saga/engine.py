"""The saga engine: pure functions from (progress, what happened, now) to (progress, commands). No I/O, no clock.

| what happened   | running, before the pivot              | after the pivot      | undoing               |
|-----------------|----------------------------------------|----------------------|-----------------------|
| succeeded       | next part when its stage is done       | the same             | the stage before      |
| refused, failed | undo all that may have happened        | sent anew, for ever  | sent anew, then stuck |
| timed out       | sent again, then undo, this step too   | sent again, for ever | sent again, then stuck|
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from chassis.saga.moves import Move, PastThePivot, UnexpectedReply, reason_of
from chassis.saga.progress import Ending, Progress, Reason, Sending, StepState
from chassis.saga.steps import Gate, Pivot, Saga, Stage, Step, Wait, Waits
from contracts.errors import CommandFailed
from contracts.message import Message, Reply

S = TypeVar("S")
LONGEST_PAUSE = timedelta(minutes=5)


class Engine(Generic[S]):
    """`patience` multiplies every deadline (tests and demos shorten them).

    `now` is real time in every method. Gates are asked in business time, which is `ahead` of it.
    """

    def __init__(self, saga: Saga[S], *, patience: float = 1.0, ahead: timedelta = timedelta(0)) -> None:
        self.saga, self._patience, self._ahead = saga, patience, ahead

    def start(self, subject: S, run: int, now: datetime) -> Move[S]:
        """The first commands of a run; `run` counts the runs of an order from 1."""
        progress = Progress(self.saga.name, self.saga.version, run).noted(now, "started", detail=f"run {run}")
        return self._enter(subject, progress, 0, now)

    def answered(
        self, subject: S, progress: Progress, step: str, direction: str, attempt: int, reply: Reply, now: datetime
    ) -> Move[S]:
        """A reply to the command of `step`; one that nobody waits for (late, duplicate) changes nothing.

        Raises UnexpectedReply for a kind of reply that the step does not declare.
        """
        if direction == "ask":
            return self._answer_to_question(subject, progress, step, reply, now)
        state = progress.steps.get(step)
        awaited, phase = {"do": ("doing", "running"), "undo": ("undoing", "undoing")}[direction]
        if state is None or progress.phase != phase or (state.status, state.attempt) != (awaited, attempt):
            return Move(subject, progress, changed=False)
        if not isinstance(reply, self.saga.step(step).replies(direction)):
            raise UnexpectedReply(f"{type(reply).__name__} for {step!r} ({direction}).")
        if not reply.ok:
            return self._said_no(subject, progress, step, reply, now)
        if direction == "undo":
            progress = progress.with_step(step, StepState("undone")).noted(now, "undone", step)
            return self._undo_next(subject, progress, now)
        subject = self.saga.absorb(subject, reply)
        progress = progress.with_step(step, replace(state, status="done", due=None)).noted(now, "done", step)
        if progress.reason and progress.reason.step == step:  # it was refused past the pivot, and has now succeeded
            progress = progress.but(reason=None)
        return self._advance(subject, progress, now)

    def _answer_to_question(self, subject: S, progress: Progress, name: str, reply: Reply, now: datetime) -> Move[S]:
        """The answer to a question; a "no" to one says nothing, and it is asked again."""
        wait = next((one for one in self.saga.waits() if one.name == name), None)
        if wait is None or not reply.ok:
            return Move(subject, progress, changed=False)
        if not isinstance(reply, wait.answer):
            raise UnexpectedReply(f"{type(reply).__name__} for the question {name!r}.")
        return self.informed(subject, progress, reply, now)

    def informed(self, subject: S, progress: Progress, fact: Message, now: datetime) -> Move[S]:
        """Something the saga may be waiting for; kept even when it comes early."""
        return self.changed(self.saga.absorb(subject, fact), progress, now)

    def changed(self, subject: S, progress: Progress, now: datetime) -> Move[S]:
        """The subject is another one now: ask the present gate or waits again."""
        if progress.phase != "running" or progress.at >= len(self.saga.parts):
            return Move(subject, progress)
        match self.saga.parts[progress.at]:
            case Gate() | Waits():
                return self._enter(subject, progress, progress.at, now)
        return Move(subject, progress)

    def timed_out(self, subject: S, progress: Progress, now: datetime) -> Move[S]:
        """Whatever was due by `now`; harmless when nothing was."""
        due = self.due(progress)
        if progress.phase == "stuck" or due is None or due > now:
            return Move(subject, progress, changed=False)
        if progress.phase == "undoing":
            return self._resend(subject, progress, self._late(progress, "undoing", now), "undo", now)
        if progress.phase != "running":
            return Move(subject, progress.but(due=None))
        match self.saga.parts[progress.at]:
            case Gate():
                return self._enter(subject, progress, progress.at, now)
            case Waits(waits):
                return self._ask(subject, progress, waits, now)
        return self._resend(subject, progress, self._late(progress, "doing", now), "do", now)

    def cancelled(self, subject: S, progress: Progress, reason: Reason, now: datetime) -> Move[S]:
        """Undo everything; an undo that runs for another reason ends as a cancel.

        Raises PastThePivot when the run only goes forward. A second cancel, or a cancel after the end, changes nothing.
        """
        if self.past_pivot(progress):
            raise PastThePivot
        if progress.phase == "undoing" and progress.ending != "cancelled":
            progress = progress.but(ending="cancelled", reason=reason)
            return Move(subject, progress.noted(now, "cancelled", detail=reason.detail))
        if progress.phase != "running":
            return Move(subject, progress, changed=False)
        return self._undo(subject, progress, reason, "cancelled", now)

    def resumed(self, subject: S, progress: Progress, now: datetime, by: str) -> Move[S]:
        """An operator lets a stuck undo try again."""
        if progress.phase != "stuck":
            return Move(subject, progress, changed=False)
        progress = progress.but(phase="undoing").noted(now, "resumed", detail=f"by {by}")
        stuck = {name: state for name, state in progress.steps.items() if state.status == "undoing"}
        sending = []
        for name, state in stuck.items():
            fresh = StepState("undoing", 1, state.attempt + 1, self._deadline(self.saga.step(name), 1, now))
            progress = progress.with_step(name, fresh)
            sending.append(self._undo_of(self.saga.step(name), subject, fresh))
        return Move(subject, self._with_due(progress), tuple(sending))

    def due(self, progress: Progress) -> datetime | None:
        """When the run must be looked at again, in real time; a gate's moment follows the clock of business time."""
        return progress.held_until - self._ahead if progress.held_until else progress.due

    def before_gate(self, progress: Progress) -> bool:
        """Is a gate still to come, or holding the run now?"""
        return any(isinstance(part, Gate) for part in self.saga.parts[progress.at :])

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
            elif any(wait.waiting(subject) for wait in part.waits):
                return Move(subject, self._waiting(subject, progress, part.waits, now))
            else:
                progress = progress.but(asked={})
            at += 1
        return Move(subject, progress.but(at=at, phase="completed", due=None).noted(now, "completed"))

    def _begin(self, subject: S, progress: Progress, steps: Sequence[Step[S]], now: datetime) -> Move[S]:
        sending = []
        for step in steps:
            state = StepState("doing", due=self._deadline(step, 1, now))
            progress = progress.with_step(step.name, state).noted(now, "sent", step.name)
            sending.append(Sending(step.do(subject), step.name, "do", state.attempt))
        return Move(subject, self._with_due(progress), tuple(sending))

    def _advance(self, subject: S, progress: Progress, now: datetime) -> Move[S]:
        if any(state.status == "doing" for state in progress.steps.values()):
            return Move(subject, self._with_due(progress))
        return self._enter(subject, progress, progress.at + 1, now)

    def _waiting(self, subject: S, progress: Progress, waits: Sequence[Wait[S]], now: datetime) -> Progress:
        asked = {
            wait.name: progress.asked.get(wait.name, now + wait.every * self._patience)
            for wait in waits
            if wait.waiting(subject)
        }
        for name in asked.keys() - progress.asked.keys():
            progress = progress.noted(now, "waiting", name)
        return progress.but(asked=asked, due=min(asked.values()))

    def _ask(self, subject: S, progress: Progress, waits: Sequence[Wait[S]], now: datetime) -> Move[S]:
        sending, asked = [], dict(progress.asked)
        for wait in waits:
            if wait.waiting(subject) and asked.get(wait.name, now) <= now:
                attempt = int(now.timestamp() * 1000)  # every question is a new message
                sending.append(Sending(wait.ask(subject), wait.name, "ask", attempt))
                asked[wait.name] = now + wait.every * self._patience
        return Move(subject, progress.but(asked=asked, due=min(asked.values())), tuple(sending))

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
        # Sent anew as another command after a pause; `tries` 0 marks that it has not gone out yet.
        pause = min(timedelta(seconds=2 ** min(state.attempt, 9)), LONGEST_PAUSE) * self._patience
        fresh = StepState(state.status, 0, state.attempt + 1, now + pause)
        progress = progress.with_step(name, fresh).but(reason=progress.reason or reason)
        return Move(subject, self._with_due(progress))

    def _late(self, progress: Progress, status: str, now: datetime) -> list[str]:
        return [
            name
            for name, state in progress.steps.items()
            if state.status == status and state.due is not None and state.due <= now
        ]

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
        return progress.but(due=min(dues, default=None))
