"""For tests of sagas: a run that checks every promise at every move."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from chassis.saga.moves import Move
from chassis.saga.progress import Progress, Reason, Sending, decode, encode
from contracts.message import Reply
from testkit.sagas.promises import Broken, Promises, expect, sent_key

S = TypeVar("S")


@dataclass
class Run(Promises[S]):
    """Drives an engine as order-intake does, keeps all that was sent, and checks every single move.

    `open` holds the commands whose answer the engine must take; an answer to any other must change nothing. `took` is
    the answer that was taken for a step and direction last.
    """

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
        expect(due or not move.changed, "nothing was due and yet the run changed", before)
        self._take(move)
        expect(move.progress.due is None or move.progress.due > self.now, "due again at once, for ever", move.progress)
        if move.progress.phase != before.phase and move.progress.phase in ("undoing", "compensated", "stuck"):
            self.check_gave_up(move.progress)
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
        awaited = (before.phase in ("running", "undoing") or before.blocked != {}) and not self.cancelled
        expect(move.changed == awaited, "a cancel counts once, and before the end", before)
        if move.changed:
            self.cancelled, self.first_reason = True, reason
        if before.ending:
            same = (move.progress.steps, move.progress.due, move.sending) == (before.steps, before.due, ())
            expect(same, "the cancel disturbed the undo", move.progress)
        self._take(move)
        return move

    def resume(self) -> Move[S]:
        was_stuck = self.phase == "stuck"
        move = self.engine.resumed(self.subject, self.progress, self.now, "olivia")
        expect(move.changed == was_stuck, "resume is for stuck runs, and only for them", self.progress)
        self.resent += len(move.sending)
        self._take(move)
        return move

    def block(self, sending: Sending) -> Move[S]:
        """The command, or the reply to it, can never be sent."""
        reason, before = Reason("unsendable", "It is too large.", sending.step), self.progress
        move = self.engine.blocked(
            self.subject, before, sending.step, sending.direction, sending.attempt, reason, self.now
        )
        awaited = sent_key(sending) in self.open or (sending.direction == "ask" and sending.step in before.asked)
        expect(move.changed == awaited, "what nobody waits for blocks nobody, and what is awaited does", before)
        self._take(move)
        return move

    def unblock(self, step: str) -> Move[S]:
        """An operator released or discarded what could not be sent."""
        before = self.progress
        move = self.engine.unblocked(self.subject, before, step, self.now, "released by olivia")
        expect(move.changed == (step in before.blocked), "it was not blocked by that", before)
        expect(move.sending == (), "the row is on its way, or a deadline sends it again", move.progress)
        self._take(move)
        return move

    def _take(self, move: Move[S]) -> None:
        before, after = self.progress, move.progress
        expect(decode(encode(after)) == after, "progress does not survive its encoding", after)
        if not move.changed:
            expect(after == before and move.subject == self.subject, "changed without saying so", after)
            expect(not move.sending, "sent without a change", after)
            return
        expect(before.phase not in ("completed", "compensated") or after.phase == before.phase, "came back", after)
        turned = not before.ending and after.ending is not None
        if turned:
            self.first_reason = after.reason
            self.open = {key for key in self.open if key[1] == "ask"}
        self.subject, self.progress = move.subject, after
        for sending in move.sending:
            self.check_sending(sending, before)
        self.sent += move.sending
        if after.phase == "stuck" and not after.blocked:
            self.open.clear()
        self.check_standing()
