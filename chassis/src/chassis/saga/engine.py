"""The saga engine: pure functions from (progress, what happened, now) to (progress, commands). No I/O, no clock.

| what happened   | running, before the pivot              | after the pivot      | undoing               |
|-----------------|----------------------------------------|----------------------|-----------------------|
| succeeded       | next part when its stage is done       | the same             | the stage before      |
| refused, failed | undo all that may have happened        | sent anew, for ever  | sent anew, then stuck |
| timed out       | sent again, then undo, this step too   | sent again, for ever | sent again, then stuck|
| blocked         | stuck                                  | stuck                | stuck                 |
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TypeVar

from chassis.saga.heard import Heard
from chassis.saga.mechanics import Mechanics
from chassis.saga.moves import Move, PastThePivot, UnexpectedReply
from chassis.saga.progress import Progress, Reason, StepState
from chassis.saga.steps import Gate, Waits
from contracts.message import Message, Reply

S = TypeVar("S")


class Engine(Mechanics[S]):
    """What may happen to a run. While it is blocked it takes in what comes, and sends nothing before it goes on."""

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
        if progress.blocked:
            again = partial(self.answered, subject)
            return self._while_blocked(
                progress, lambda free: again(free, step, direction, attempt, reply, now), answered=step
            )
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
        before, subject = subject, self.saga.absorb(subject, reply)
        progress = progress.with_step(step, replace(state, status="done", due=None)).noted(now, "done", step)
        if progress.reason and progress.reason.step == step:  # it was refused past the pivot, and has now succeeded
            progress = progress.but(reason=None)
        if self.saga.step(step).again and subject == before and self.saga.step(step).when(subject):
            progress = progress.with_step(step, self._anew(state, now))  # an answer that changes nothing, at ease
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
        if progress.blocked:
            return self._while_blocked(progress, lambda free: self.changed(subject, free, now))
        if progress.phase != "running" or progress.at >= len(self.saga.parts):
            return Move(subject, progress)
        match self.saga.parts[progress.at]:
            case Gate() | Waits():
                return self._enter(subject, progress, progress.at, now)
        return Move(subject, progress)

    def timed_out(self, subject: S, progress: Progress, now: datetime, heard: Heard | None = None) -> Move[S]:
        """Whatever was due by `now`; harmless when nothing was. Silence counts as far as we and others have `heard`."""
        due, heard = self.due(progress), heard or Heard(now)
        if progress.phase == "stuck" or due is None or due > min(heard.replies, now):
            return Move(subject, progress, changed=False)
        if progress.phase == "undoing":
            return self._resend(subject, progress, self._late(subject, progress, "undo", now, heard), "undo", now)
        if progress.phase != "running":
            return Move(subject, progress.but(due=None))
        match self.saga.parts[progress.at]:
            case Gate():
                return self._enter(subject, progress, progress.at, now)
            case Waits() as part:
                return self._look_again(subject, progress, part, self._late(subject, progress, "do", now, heard), now)
        return self._resend(subject, progress, self._late(subject, progress, "do", now, heard), "do", now)

    def cancelled(self, subject: S, progress: Progress, reason: Reason, now: datetime) -> Move[S]:
        """Undo everything; an undo that runs for another reason ends as a cancel.

        Raises PastThePivot when the run only goes forward. A second cancel, or a cancel after the end, changes nothing.
        """
        if self.past_pivot(progress):
            raise PastThePivot
        if progress.blocked:
            return self._while_blocked(progress, lambda free: self.cancelled(subject, free, reason, now))
        if progress.phase == "undoing" and progress.ending != "cancelled":
            progress = progress.but(ending="cancelled", reason=reason)
            return Move(subject, progress.noted(now, "cancelled", detail=reason.detail))
        if progress.phase != "running":
            return Move(subject, progress, changed=False)
        return self._undo(subject, progress, reason, "cancelled", now)

    def resumed(self, subject: S, progress: Progress, now: datetime, by: str) -> Move[S]:
        """An operator lets a stuck run go on: an undo tries again, a blocked run waits anew for its answers."""
        if progress.phase != "stuck":
            return Move(subject, progress, changed=False)
        if progress.blocked:
            return Move(subject, self._going_on(progress.noted(now, "resumed", detail=f"by {by}"), now))
        progress = progress.but(phase="undoing").noted(now, "resumed", detail=f"by {by}")
        stuck = {name: state for name, state in progress.steps.items() if state.status == "undoing"}
        sending = []
        for name, state in stuck.items():
            attempt = state.attempt + bool(state.tries)  # one that has not gone out yet keeps its number
            fresh = StepState("undoing", 1, attempt, self._deadline(self.saga.step(name), 1, now))
            progress = progress.with_step(name, fresh)
            sending.append(self._undo_of(self.saga.step(name), subject, fresh))
        return Move(subject, self._with_due(progress), tuple(sending))

    def blocked(
        self, subject: S, progress: Progress, step: str, direction: str, attempt: int, reason: Reason, now: datetime
    ) -> Move[S]:
        """A command of `step`, or the reply to it, can never be sent: the run is stuck until an operator decides.

        Its deadlines stand still. Nothing changes when nobody waits for an answer to that command.
        """
        there, state = freed(progress), progress.steps.get(step)
        if direction == "ask":
            expected = step in progress.asked
        else:
            answer = {"do": ("running", "doing", attempt), "undo": ("undoing", "undoing", attempt)}.get(direction)
            expected = state is not None and (there.phase, state.status, state.attempt) == answer
        if not expected or (progress.phase not in ("running", "undoing") and not progress.blocked):
            return Move(subject, progress, changed=False)
        reasons = {**progress.blocked, step: reason}
        progress = progress.noted(now, "stuck", step, reason.detail)
        return Move(subject, progress.but(phase="stuck", due=None, blocked=reasons))

    def unblocked(self, subject: S, progress: Progress, step: str, now: datetime, detail: str) -> Move[S]:
        """What could not be sent is on its way, or given up; the run goes on when nothing else blocks it."""
        if step not in progress.blocked:
            return Move(subject, progress, changed=False)
        progress = progress.noted(now, "resumed", step, detail)
        still = {name: reason for name, reason in progress.blocked.items() if name != step}
        return Move(subject, progress.but(blocked=still) if still else self._going_on(progress, now))

    def due(self, progress: Progress) -> datetime | None:
        """When the run must be looked at again, in real time; a gate's moment follows the clock of business time."""
        return progress.held_until - self._ahead if progress.held_until else progress.due

    def before_gate(self, progress: Progress) -> bool:
        """Is a gate still to come, or holding the run now?"""
        return any(isinstance(part, Gate) for part in self.saga.parts[progress.at :])

    # ── blocked ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _while_blocked(self, progress: Progress, event: Callable[[Progress], Move[S]], answered: str = "") -> Move[S]:
        """What an event makes of the run as if nothing blocked it; then it is stuck again, if it still waits for that.

        A reply that was ignored would never be told again: the inbox knows it. What blocked a run counts no longer
        when its step was `answered`, and when the run goes another way.
        """
        free = freed(progress)
        move = event(free)
        if not move.changed:
            return replace(move, progress=progress)
        after = move.progress
        still = {name: why for name, why in progress.blocked.items() if name in awaited(after) and name != answered}
        if after.phase != free.phase or after.at != free.at or not still:
            return move
        return replace(move, progress=after.but(phase="stuck", due=None, blocked=still))

    def _going_on(self, progress: Progress, now: datetime) -> Progress:
        """In the phase where it was, with deadlines as if all that it waits for were sent now."""
        progress = freed(progress)
        for name in awaited(progress) & progress.steps.keys():
            state = progress.steps[name]
            due = self._deadline(self.saga.step(name), max(state.tries, 1), now)
            progress = progress.with_step(name, replace(state, due=due))
        every = {wait.name: wait.every * self._patience for wait in self.saga.waits()}
        return self._with_due(progress.but(asked={name: now + every[name] for name in progress.asked}))


def awaited(progress: Progress) -> set[str]:
    """The steps and questions whose answer a run waits for that nothing blocks."""
    status = "doing" if progress.phase == "running" else "undoing"
    return {name for name, state in progress.steps.items() if state.status == status} | set(progress.asked)


def freed(progress: Progress) -> Progress:
    """The run as if nothing blocked it: an undo says how it will end."""
    return progress.but(phase="undoing" if progress.ending else "running", blocked={})
