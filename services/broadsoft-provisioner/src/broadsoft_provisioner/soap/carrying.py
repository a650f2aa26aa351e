"""Carries out the intended effects of an order; after any doubt it reads back and acts on the difference only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from broadsoft_provisioner.domain.ledger import Entry, State
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Answer, Refused, classify, conflict, refused
from broadsoft_provisioner.domain.readback import Different, missing, questions
from broadsoft_provisioner.domain.resources import shared
from broadsoft_provisioner.domain.sequence import documents
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.soap.patience import Patience
from chassis.errors import Transient


class Platform(Protocol):
    async def look(self, questions: Sequence[Command], seen: Survey | None = None) -> Survey: ...

    async def send(self, commands: Sequence[Command]) -> list[Answer]: ...


class Ledger(Protocol):
    """The ledger of one order, all runs of it. What it is told is durable when the call returns."""

    async def entries(self) -> tuple[Entry, ...]: ...

    async def intend(self, entries: Sequence[Entry], uses: Collection[str]) -> None:
        """Before anything is sent. `uses` names what the order relies on, so that no other order's undo takes it."""

    async def settle(self, states: Mapping[int, State]) -> None:
        """By `seq`."""

    async def relied_on(self, resources: Collection[str]) -> frozenset[str]:
        """Those that another order, not undone, uses."""


@dataclass
class Work:
    """By `seq`: `todo` is what is left to send of each effect, `no` what was refused, as it was sent."""

    todo: dict[int, Command]
    maybe_sent: set[int]
    states: dict[int, State] = field(default_factory=dict)
    no: dict[int, tuple[Command, Answer]] = field(default_factory=dict)

    def finish(self, seq: int, state: State) -> None:
        del self.todo[seq]
        self.states[seq] = state


@dataclass(frozen=True, slots=True)
class No:
    refused: Refused
    sure: bool


async def carry_out(
    entries: Iterable[Entry], platform: Platform, ledger: Ledger, patience: Patience, *, resumed: bool
) -> Refused | None:
    """`resumed` says that an earlier attempt may have done some of it: then we look before we act."""
    waiting = {entry.seq: entry.effect.do for entry in entries if entry.state == "intended"}
    work = Work(waiting, set(waiting) if resumed else set())
    pauses, doubt = patience.begin(), resumed
    try:
        while work.todo:
            if doubt:
                seen = await platform.look(_questions(work.todo.values()))
                if no := _compare(work, seen):
                    return no
            try:
                no, doubt = await _send(work, platform)
            except Transient as failure:
                await pauses.after(failure)
                no, doubt = None, True
            if no:
                return no
    finally:
        await ledger.settle(work.states)
    return None


def _questions(commands: Iterable[Command]) -> list[Command]:
    return list(dict.fromkeys(question for command in commands for question in questions(command)))


async def _send(work: Work, platform: Platform) -> tuple[Refused | None, bool]:
    """Sends document after document until one meets a no. The second value says whether to look again."""
    for document in documents(list(work.todo.items()), lambda item: item[1].name):
        try:
            answers = await platform.send([command for _, command in document])
        except Transient:
            work.maybe_sent |= {seq for seq, _ in document}
            raise
        taken = [_take(work, *item, answer) for item, answer in zip(document, answers, strict=True)]
        no = next(filter(None, taken), None)
        if no:
            return (no.refused if no.sure else None), True
    return None, False


def _take(work: Work, seq: int, command: Command, answer: Answer) -> No | None:
    """An answer that is no yes is believed at once when it is clear, or when it comes a second time."""
    verdict = classify(answer)
    if verdict == "done":
        work.finish(seq, "done")
        return None
    if verdict == "partly-done":
        work.maybe_sent.add(seq)
    sure = verdict in ("permanent", "not-found") or seq in work.no
    work.no[seq] = (command, answer)
    return No(refused(command.name, answer), sure)


def _compare(work: Work, seen: Survey) -> Refused | None:
    for seq, command in list(work.todo.items()):
        rest = missing(command, seen)
        if isinstance(rest, Command):
            work.todo[seq] = rest
            if seq in work.no and work.no[seq][0] == rest:
                return refused(rest.name, work.no[seq][1])
        elif rest is None and (seq not in work.no or seq in work.maybe_sent):
            work.finish(seq, "done")
        elif rest is None and shared(command):
            work.finish(seq, "found")
        else:
            work.finish(seq, "found")
            return conflict(command.name, rest.detail if isinstance(rest, Different) else work.no[seq][1].words)
    return None
