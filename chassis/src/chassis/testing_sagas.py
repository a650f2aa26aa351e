"""For tests of sagas: a run that checks every promise at every move, and participants on a bad network."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from chassis.saga.engine import Engine, Move
from chassis.saga.progress import Progress, Reason, Sending, decode, encode
from chassis.saga.steps import Step
from chassis.testing import EPOCH
from contracts.errors import CommandFailed, StepAlreadyUndone
from contracts.message import Refusal, Reply

S = TypeVar("S")
Sent = tuple[str, str, int]  # step, direction, attempt: what makes a command the same message


class Broken(AssertionError):
    """The engine broke a promise."""


@dataclass
class Run(Generic[S]):
    """Drives an engine as order-intake does, keeps all that was sent, and checks every single move.

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

    def __post_init__(self) -> None:
        move = self.engine.start(self.subject, 1, self.now)
        self.progress = Progress(self.engine.saga.name, self.engine.saga.version, 1)
        self._take(move)

    @property
    def phase(self) -> str:
        return self.progress.phase

    @property
    def over(self) -> bool:
        return self.phase in ("completed", "compensated")

    def last(self, step: str, direction: str = "do") -> Sending:
        return next(one for one in reversed(self.sent) if (one.step, one.direction) == (step, direction))

    def answer(self, sending: Sending, reply: Reply) -> Move[S]:
        key = sent_key(sending)
        awaited, before = key in self.open, self.progress
        move = self.engine.answered(
            self.subject, self.progress, sending.step, sending.direction, sending.attempt, reply, self.now
        )
        if sending.direction != "ask":
            if move.changed != awaited:
                told = "changed the run" if move.changed else "was not taken"
                raise Broken(f"{reply!r} for {key} {told}; awaited are {sorted(self.open)}; the run is {before}")
            if awaited:
                self.open.remove(key)
                self.took[sending.step, sending.direction] = reply
        self._take(move)
        return move

    def tick(self, now: datetime | None = None) -> Move[S]:
        """Time goes on: to `now`, or to the moment the engine wants to be asked again."""
        self.now = max(self.now, now or self.progress.due or self.now)
        due = self.progress.due is not None and self.progress.due <= self.now
        before = self.progress
        move = self.engine.timed_out(self.subject, self.progress, self.now)
        _expect(due or not move.changed, "nothing was due and yet the run changed", before)
        self._take(move)
        _expect(move.progress.due is None or move.progress.due > self.now, "due again at once, for ever", move.progress)
        if move.progress.phase != before.phase and move.progress.phase in ("undoing", "compensated", "stuck"):
            self._check_gave_up(move.progress)
        return move

    def tell(self, change: Callable[[S], S]) -> Move[S]:
        """The subject became another one (an event, an edit)."""
        self.subject = change(self.subject)
        move = self.engine.changed(self.subject, self.progress, self.now)
        self._take(move)
        return move

    def cancel(self) -> Move[S]:
        """Raises PastThePivot. A run that is being undone already goes on so, and ends as cancelled."""
        reason, before = Reason("cancelled", "The portal cancelled."), self.progress
        move = self.engine.cancelled(self.subject, self.progress, reason, self.now)
        awaited = before.phase in ("running", "undoing") and not self.cancelled
        _expect(move.changed == awaited, "a cancel counts once, and before the end", before)
        if move.changed:
            self.cancelled, self.first_reason = True, reason
        if before.phase == "undoing":
            same = (move.progress.steps, move.progress.due, move.sending) == (before.steps, before.due, ())
            _expect(same, "the cancel disturbed the undo", move.progress)
        self._take(move)
        return move

    def resume(self) -> Move[S]:
        was_stuck = self.phase == "stuck"
        move = self.engine.resumed(self.subject, self.progress, self.now, "olivia")
        _expect(move.changed == was_stuck, "resume is for stuck runs, and only for them", self.progress)
        self.resent += len(move.sending)
        self._take(move)
        return move

    def _take(self, move: Move[S]) -> None:
        before, after = self.progress, move.progress
        _expect(decode(encode(after)) == after, "progress does not survive its encoding", after)
        if not move.changed:
            _expect(after == before and move.subject == self.subject, "changed without saying so", after)
            _expect(not move.sending, "sent without a change", after)
            return
        _expect(before.phase not in ("completed", "compensated") or after.phase == before.phase, "came back", after)
        turned = before.phase == "running" and after.phase in ("undoing", "compensated")
        if turned:
            self.first_reason = after.reason
            self.open = {key for key in self.open if key[1] == "ask"}
        self.subject, self.progress = move.subject, after
        for sending in move.sending:
            self._check_sending(sending, before)
        self.sent += move.sending
        if after.phase == "stuck":
            self.open.clear()
        self._check_standing()

    def _check_sending(self, sending: Sending, before: Progress) -> None:
        key, after = sent_key(sending), self.progress
        if sending.direction == "do":
            _expect(after.phase == "running", f"{sending.step!r} was begun in a run that is {after.phase}", after)
        if sending.direction == "undo":
            _expect(after.phase == "undoing", f"{sending.step!r} was undone in a run that is {after.phase}", after)
            _expect(self._stage(sending.step) < self.engine.saga.pivot, "undone after the pivot", after)
        same = [one for one in self.sent if sent_key(one) == key]
        if sending.direction != "ask":
            _expect(all(one.command == sending.command for one in same), "another command, the same attempt", before)
            tries = self.engine.saga.step(sending.step).tries
            forward = sending.direction == "do" and self.engine.past_pivot(after)
            _expect(forward or len(same) < tries, f"{key} was sent more than {tries} times", after)
            older = {one.attempt for one in self.sent if (one.step, one.direction) == key[:2]}
            _expect(sending.attempt <= max(older, default=0) + 1, "an attempt was left out", after)
            self.open -= {one for one in self.open if one[:2] == key[:2]}
        self.open.add(key)

    def _check_gave_up(self, after: Progress) -> None:
        """The run turned back or got stuck because nobody answered: the step was sent as often as it says."""
        name = next(entry.step for entry in reversed(after.timeline) if entry.what in ("timed out", "stuck"))
        direction = "undo" if after.phase == "stuck" else "do"
        same = [one for one in self.sent if sent_key(one) == sent_key(self.last(name, direction))]
        _expect(len(same) == self.engine.saga.step(name).tries, "gave up before it sent again", after)

    def _check_standing(self) -> None:
        """What must be true whenever a run stands still."""
        progress = self.progress
        if progress.phase in ("running", "undoing"):
            _expect(progress.due is not None or progress.held != "", "waits for nothing that anybody can see", progress)
        else:
            _expect(progress.due is None, f"a run that is {progress.phase} is due", progress)
        undone = [one for one in self.sent if one.direction == "undo"]
        if undone:
            turned = [self._stage(one.step) for one in undone]
            _expect(turned == sorted(turned, reverse=True), "undone out of order", progress)
            for step in self._steps():
                if self._stage(step.name) > turned[-1] and self.must_be_undone(step):
                    answer = self.took.get((step.name, "undo"))
                    _expect(answer is not None and answer.ok, f"{step.name!r} is not yet undone", progress)
        if progress.phase == "compensated":
            self.check_compensated()
        if progress.phase == "completed":
            _expect(progress.reason is None, "completed, and yet there is a reason why not", progress)
        notes = [entry.what for entry in progress.timeline if entry.what in ("sent", "undo sent", "sent again")]
        commands = [one for one in self.sent if one.direction != "ask"]
        _expect(len(notes) + self.resent == len(commands), "the time line tells of other commands", progress)

    def check_compensated(self) -> None:
        for step in self._steps():
            if self.must_be_undone(step):
                answer = self.took.get((step.name, "undo"))
                _expect(answer is not None and answer.ok, f"{step.name!r} was not undone", self.progress)
        late = [one.step for one in self.sent if self._stage(one.step) > self.engine.saga.pivot]
        _expect(not late, f"{late} were sent after the pivot of a compensated run", self.progress)
        _expect(
            self.progress.ending == ("cancelled" if self.cancelled else "fallout"), "ended otherwise", self.progress
        )
        _expect(self.progress.reason == self.first_reason, "forgot why it was undone", self.progress)

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


def _expect(fact: bool, otherwise: str, progress: Progress) -> None:  # noqa: FBT001  reads as an assert
    if not fact:
        raise Broken(f"{otherwise}: {progress}")


# ── the other side: participants on a network ────────────────────────────────────────────────────────────────────────


@dataclass
class Participant:
    """One participant behind one partition: an inbox, marks of what was undone, and effects.

    `log` is everything that was ever sent to it and `read` how far it is: a rebalance reads again from further back.
    A failed command (`CommandFailed`) is not remembered, as in the boundary: its next delivery tries again.
    """

    log: list[Sending] = field(default_factory=list)
    read: int = 0
    inbox: dict[Sent, Reply] = field(default_factory=dict)
    undone: set[str] = field(default_factory=set)
    effects: set[str] = field(default_factory=set)

    def handle(self, mood: str, succeed: Callable[[Sending], Reply], *, leaves_traces: bool) -> tuple[Sending, Reply]:
        """The next command and its answer. `mood`: ok, refuse, fail (before the effect) or break (after it)."""
        sending = self.log[self.read]
        self.read += 1
        key = sent_key(sending)
        if key in self.inbox:
            return sending, self.inbox[key]
        order_id, run = sending.command.order_id, sending.command.run
        if sending.direction == "do" and sending.step in self.undone:
            reply: Reply = StepAlreadyUndone(order_id=order_id, run=run, code="step-already-undone", reason="Undone.")
        elif mood in ("fail", "break"):
            if mood == "break":
                self._effect(sending)
            return sending, CommandFailed(order_id=order_id, run=run, code="broken", detail="It broke.")
        elif mood == "refuse":
            if leaves_traces:
                self._effect(sending)
            reply = Refusal(order_id=order_id, run=run, code="no", reason="No.")
        else:
            self._effect(sending)
            reply = succeed(sending)
            if sending.direction == "undo":
                self.undone.add(sending.step)
        self.inbox[key] = reply
        return sending, reply

    def _effect(self, sending: Sending) -> None:
        if sending.direction == "do":
            self.effects.add(sending.step)
        elif sending.direction == "undo":
            self.effects.discard(sending.step)


class World(Generic[S]):
    """A run, its participants, and a broker that may repeat, hold back and lose everything.

    Commands to one participant keep their order (one key, one partition), and so do its replies; different
    participants overtake each other. `succeed` makes the good answer to a command.
    """

    def __init__(self, run: Run[S], owners: dict[str, str], succeed: Callable[[Sending], Reply]) -> None:
        self.run, self._owners, self._succeed = run, owners, succeed
        self.participants = {owner: Participant() for owner in owners.values()}
        self.replies: dict[str, list[tuple[Sending, Reply]]] = {owner: [] for owner in owners.values()}
        self._posted = 0
        self.post()

    def post(self) -> None:
        for sending in self.run.sent[self._posted :]:
            self.participants[self._owners[sending.step]].log.append(sending)
        self._posted = len(self.run.sent)

    def work(self, owner: str, mood: str = "ok") -> None:
        """A participant takes its next command."""
        participant = self.participants[owner]
        if participant.read < len(participant.log):
            traces = {step.name for step in self.run.engine.saga.steps() if step.leaves_traces}
            step = participant.log[participant.read].step
            self.replies[owner].append(participant.handle(mood, self._succeed, leaves_traces=step in traces))

    def deliver(self, owner: str, *, keep: bool = False) -> None:
        """The oldest reply of a participant arrives; with `keep` it will arrive again."""
        if self.replies[owner]:
            sending, reply = self.replies[owner][0]
            if not keep:
                self.replies[owner].pop(0)
            self.hear(sending, reply)

    def hear(self, sending: Sending, reply: Reply) -> None:
        """As Run.answer, but a participant may answer a command twice and differently after it failed."""
        self.run.answer(sending, reply)
        self.post()

    def lose(self) -> None:
        """The broker forgets everything it holds."""
        for participant in self.participants.values():
            participant.log, participant.read = [], 0
        for queue in self.replies.values():
            queue.clear()

    def reread(self, owner: str, back: int) -> None:
        """A rebalance: the participant reads its last commands again."""
        self.participants[owner].read = max(0, self.participants[owner].read - back)

    def settle(self, rounds: int = 200) -> None:
        """From now on everybody answers, and an operator resumes what is stuck."""
        for _ in range(rounds):
            for owner in self.participants:
                while self.participants[owner].read < len(self.participants[owner].log):
                    self.work(owner)
                while self.replies[owner]:
                    self.deliver(owner)
            if self.run.over:
                return
            if self.run.phase == "stuck":
                self.run.resume()
            else:
                self.run.tick()
            self.post()
        raise Broken(f"not over after {rounds} rounds: {self.run.progress}")

    def effects(self) -> set[str]:
        return {effect for participant in self.participants.values() for effect in participant.effects}
