"""For tests of sagas: participants on a bad network."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from chassis.saga.progress import Sending
from contracts.errors import CommandFailed, StepAlreadyUndone
from contracts.message import Refusal, Reply
from testkit.sagas.promises import Broken, Sent, sent_key
from testkit.sagas.run import Run

S = TypeVar("S")


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
        self.aside: list[Sending] = []
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

    def set_aside(self, owner: str) -> None:
        """The newest command that a participant has not read could never be sent to it."""
        participant = self.participants[owner]
        if participant.read < len(participant.log):
            sending = participant.log.pop()
            self.aside.append(sending)
            self.run.block(sending)

    def decide(self, *, release: bool) -> None:
        """An operator releases the oldest command that was set aside, or discards it."""
        if self.aside:
            sending = self.aside.pop(0)
            if release:
                self.participants[self._owners[sending.step]].log.append(sending)
            self.run.unblock(sending.step)

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
