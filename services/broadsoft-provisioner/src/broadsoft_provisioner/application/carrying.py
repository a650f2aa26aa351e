"""Carries out the intended effects of an order; after any doubt it reads back and acts on the difference only."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from broadsoft_provisioner.application.protocols import Ledger, Platform
from broadsoft_provisioner.domain.ledger import Entry, State
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Answer, Refused, classify, conflict, refused
from broadsoft_provisioner.domain.readback import Different, missing, questions_about
from broadsoft_provisioner.domain.resources import shared
from broadsoft_provisioner.domain.sequence import documents
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.domain.turns import TurnOver
from chassis.errors import Transient
from chassis.runtime.patience import Patience


@dataclass
class Doing:
    """By `seq`: `todo` is what is left to send of each effect, `refusals` what met a no, as it was sent."""

    todo: dict[int, Command]
    maybe_sent: set[int]
    states: dict[int, State] = field(default_factory=dict)
    refusals: dict[int, tuple[Command, Answer]] = field(default_factory=dict)

    def finish(self, seq: int, state: State) -> None:
        del self.todo[seq]
        self.states[seq] = state


@dataclass(frozen=True, slots=True)
class Rejection:
    """An answer that is no yes. When it is not `sure`, what is there decides."""

    refused: Refused
    sure: bool


async def carry_out(
    entries: Iterable[Entry], platform: Platform, ledger: Ledger, patience: Patience, *, resumed: bool
) -> Refused | None:
    """`resumed` says that an earlier attempt may have done some of it: then we look before we act."""
    waiting = {entry.seq: entry.effect.do for entry in entries if entry.state == "intended"}
    doing = Doing(waiting, set(waiting) if resumed else set())
    pauses, doubt = patience.begin(), resumed
    try:
        while doing.todo:
            if doubt:
                seen = await platform.look(_questions(doing.todo.values()))
                if rejected := _compare(doing, seen):
                    return rejected
            try:
                rejected, doubt = await _send(doing, platform)
            except TurnOver:
                raise
            except Transient as failure:
                await pauses.after(failure)
                rejected, doubt = None, True
            if rejected:
                return rejected
    finally:
        await ledger.settle(doing.states)
    return None


def _questions(commands: Iterable[Command]) -> list[Command]:
    return list(dict.fromkeys(question for command in commands for question in questions_about(command)))


async def _send(doing: Doing, platform: Platform) -> tuple[Refused | None, bool]:
    """Sends document after document until one meets a no. The second value says whether to look again."""
    for document in documents(list(doing.todo.items()), lambda item: item[1].name):
        try:
            answers = await platform.send([command for _, command in document])
        except Transient:
            doing.maybe_sent |= {seq for seq, _ in document}
            raise
        taken = [_take(doing, *item, answer) for item, answer in zip(document, answers, strict=True)]
        rejection = next(filter(None, taken), None)
        if rejection:
            return (rejection.refused if rejection.sure else None), True
    return None, False


def _take(doing: Doing, seq: int, command: Command, answer: Answer) -> Rejection | None:
    """An answer that is no yes is believed at once when it is clear, or when it comes a second time."""
    verdict = classify(answer)
    if verdict == "done":
        doing.finish(seq, "done")
        return None
    if verdict == "partly-done":
        doing.maybe_sent.add(seq)
    sure = verdict in ("permanent", "not-found") or seq in doing.refusals
    doing.refusals[seq] = (command, answer)
    return Rejection(refused(command.name, answer), sure)


def _compare(doing: Doing, seen: Survey) -> Refused | None:
    """Strikes off what is there, ours or another's, and leaves what is missing to be sent."""
    for seq, command in list(doing.todo.items()):
        rest = missing(command, seen)
        if isinstance(rest, Command):
            doing.todo[seq] = rest
            if seq in doing.refusals and doing.refusals[seq][0] == rest:
                return refused(rest.name, doing.refusals[seq][1])
        elif rest is None and (seq not in doing.refusals or seq in doing.maybe_sent):
            doing.finish(seq, "done")
        elif rest is None and shared(command):
            doing.finish(seq, "found")
        else:
            doing.finish(seq, "found")
            detail = rest.detail if isinstance(rest, Different) else doing.refusals[seq][1].words
            return conflict(command.name, detail)
    return None
