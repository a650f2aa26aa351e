"""What every saga run promises, checked at each of its moves."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from chassis.saga.engine import Engine
from chassis.saga.progress import Progress, Reason, Sending
from chassis.saga.steps import Step
from contracts.message import Refusal, Reply
from testkit.time import EPOCH

S = TypeVar("S")
Sent = tuple[str, str, int]  # step, direction, attempt: what makes a command the same message


class Broken(AssertionError):
    """The engine broke a promise."""


@dataclass
class Promises(Generic[S]):
    """What a run has done so far, and the rules it must keep.

    `open` holds the commands whose answer the engine must take; an answer to any other must change nothing. `took` is
    the answer that was taken for a step and direction last.
    """

    engine: Engine[S]
    subject: S
    now: datetime = EPOCH
    sent: list[Sending] = field(default_factory=list)
    open: set[Sent] = field(default_factory=set)
    took: dict[tuple[str, str], Reply] = field(default_factory=dict)
    first_reason: Reason | None = None
    cancelled: bool = False
    resent: int = 0
    progress: Progress = field(init=False)

    def last(self, step: str, direction: str = "do") -> Sending:
        """The newest command of a step."""
        return next(one for one in reversed(self.sent) if (one.step, one.direction) == (step, direction))

    def check_sending(self, sending: Sending, before: Progress) -> None:
        key, after = sent_key(sending), self.progress
        if sending.direction == "do":
            expect(after.phase == "running", f"{sending.step!r} was begun in a run that is {after.phase}", after)
        if sending.direction == "undo":
            expect(after.phase == "undoing", f"{sending.step!r} was undone in a run that is {after.phase}", after)
            expect(self._stage(sending.step) < self.engine.saga.pivot, "undone after the pivot", after)
        same = [one for one in self.sent if sent_key(one) == key]
        if sending.direction != "ask":
            expect(all(one.command == sending.command for one in same), "another command, the same attempt", before)
            tries = self.engine.saga.step(sending.step).tries
            forward = sending.direction == "do" and self.engine.past_pivot(after)
            expect(forward or len(same) < tries, f"{key} was sent more than {tries} times", after)
            older = {one.attempt for one in self.sent if (one.step, one.direction) == key[:2]}
            expect(sending.attempt <= max(older, default=0) + 1, "an attempt was left out", after)
            self.open -= {one for one in self.open if one[:2] == key[:2]}
        self.open.add(key)

    def check_gave_up(self, after: Progress) -> None:
        """The run turned back or got stuck because nobody answered: the step was sent as often as it says."""
        name = next(entry.step for entry in reversed(after.timeline) if entry.what in ("timed out", "stuck"))
        direction = "undo" if after.phase == "stuck" else "do"
        same = [one for one in self.sent if sent_key(one) == sent_key(self.last(name, direction))]
        expect(len(same) == self.engine.saga.step(name).tries, "gave up before it sent again", after)

    def check_standing(self) -> None:
        """What must be true whenever a run stands still."""
        progress = self.progress
        if progress.phase in ("running", "undoing"):
            expect(progress.due is not None or progress.held != "", "waits for nothing that anybody can see", progress)
        else:
            expect(progress.due is None, f"a run that is {progress.phase} is due", progress)
        expect(progress.phase == "stuck" or not progress.blocked, "goes on, and yet it is blocked", progress)
        undone = [one for one in self.sent if one.direction == "undo"]
        if undone:
            turned = [self._stage(one.step) for one in undone]
            expect(turned == sorted(turned, reverse=True), "undone out of order", progress)
            for step in self._steps():
                if self._stage(step.name) > turned[-1] and self.must_be_undone(step):
                    answer = self.took.get((step.name, "undo"))
                    expect(answer is not None and answer.ok, f"{step.name!r} is not yet undone", progress)
        if progress.phase == "compensated":
            self.check_compensated()
        if progress.phase == "completed":
            expect(progress.reason is None, "completed, and yet there is a reason why not", progress)
        notes = [entry.what for entry in progress.timeline if entry.what in ("sent", "undo sent", "sent again")]
        commands = [one for one in self.sent if one.direction != "ask"]
        expect(len(notes) + self.resent == len(commands), "the time line tells of other commands", progress)

    def check_compensated(self) -> None:
        for step in self._steps():
            if self.must_be_undone(step):
                answer = self.took.get((step.name, "undo"))
                expect(answer is not None and answer.ok, f"{step.name!r} was not undone", self.progress)
        late = [one.step for one in self.sent if self._stage(one.step) > self.engine.saga.pivot]
        expect(not late, f"{late} were sent after the pivot of a compensated run", self.progress)
        expect(self.progress.ending == ("cancelled" if self.cancelled else "fallout"), "ended otherwise", self.progress)
        expect(self.progress.reason == self.first_reason, "forgot why it was undone", self.progress)

    def must_be_undone(self, step: Step[S]) -> bool:
        """It may have happened: begun, and not refused cleanly."""
        if step.undo is None or not any((one.step, one.direction) == (step.name, "do") for one in self.sent):
            return False
        answer = self.took.get((step.name, "do"))
        return step.leaves_traces or not isinstance(answer, Refusal)

    def _steps(self) -> Sequence[Step[S]]:
        return self.engine.saga.steps()

    def _stage(self, name: str) -> int:
        for index, part in enumerate(self.engine.saga.parts):
            inside: Any = getattr(part, "steps", None) or getattr(part, "waits", ())
            if any(one.name == name for one in inside):
                return index
        raise Broken(f"{name!r} is not in {self.engine.saga.name}")


def sent_key(sending: Sending) -> Sent:
    return sending.step, sending.direction, sending.attempt


def expect(fact: bool, otherwise: str, progress: Progress) -> None:  # noqa: FBT001  reads as an assert
    if not fact:
        raise Broken(f"{otherwise}: {progress}")
