"""Takes back, from its ledger, everything an order did in BroadWorks, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from broadsoft_provisioner.application.protocols import Ledger, Platform
from broadsoft_provisioner.domain.ledger import Entry, State, takeable, undo_order
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import classify
from broadsoft_provisioner.domain.readback import Different, leftover, missing, questions_about
from broadsoft_provisioner.domain.resources import kept_from, shared
from broadsoft_provisioner.domain.sequence import chunks
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.domain.turns import TurnOver
from chassis.errors import Permanent, Transient
from chassis.runtime.patience import Patience


class UndoRefused(Permanent):
    """BroadWorks refused to take back what this order made, and it is still there."""

    code = "broadworks-undo-refused"


@dataclass
class Undoing:
    """By `seq`."""

    waiting: dict[int, Entry]
    relied_on: frozenset[str]
    states: dict[int, State] = field(default_factory=dict)
    sent: set[int] = field(default_factory=set)
    contents: dict[tuple[int, str], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for entry in self.waiting.values():
            self.contents.setdefault(entry.container, []).append(entry.seq)

    def finish(self, entry: Entry, state: State) -> None:
        """What is inside a thing goes with it, or is looked at by itself when the thing stays."""
        del self.waiting[entry.seq]
        self.states[entry.seq] = state
        for seq in self.contents.get(entry.place, []) if state == "undone" else []:
            if seq in self.waiting:
                self.finish(self.waiting[seq], "undone")

    def spared(self, entry: Entry) -> Command | None:
        """The undo less what other orders rely on."""
        undo = entry.effect.undo
        return kept_from(undo, entry.effect.do, self.relied_on) if undo else None

    def outside(self) -> list[Entry]:
        """What is in nothing else that goes as well, in the order of undoing; last what has no undo of its own."""
        places = {entry.place for entry in self.waiting.values()}
        entries = [entry for entry in self.waiting.values() if entry.container not in places]
        return undo_order(entries) + [entry for entry in entries if not entry.effect.undo]


async def take_back(platform: Platform, ledger: Ledger, patience: Patience) -> int:
    """How many effects were taken back. Raises UndoRefused when one is still there and BroadWorks will not.

    What other orders rely on is kept. A thing that is used in BroadWorks by nobody we know needs a person.
    """
    entries = takeable(await ledger.entries())
    undoing = Undoing({entry.seq: entry for entry in entries}, await ledger.relied_on(_names(entries)))
    pauses = patience.begin()
    try:
        while undoing.waiting:
            outside = undoing.outside()
            seen = await platform.look(_questions(outside))
            todo = [(entry, undo) for entry in outside if (undo := _left(undoing, entry, seen))]
            try:
                refused = await _send(undoing, todo, platform)
            except TurnOver:
                raise
            except Transient as failure:
                await pauses.after(failure)
            else:
                if refused is not None:  # what is in its way may be gone in a moment
                    await pauses.after(refused)
    finally:
        await ledger.settle(undoing.states)
    return sum(
        undoing.states[entry.seq] == "undone" and (entry.state == "done" or entry.seq in undoing.sent)
        for entry in entries
    )


def _names(entries: Iterable[Entry]) -> list[str]:
    return [name for entry in entries for name in shared(entry.effect.do)]


def _questions(entries: Iterable[Entry]) -> list[Command]:
    return list(dict.fromkeys(question for entry in entries for question in questions_about(entry.effect.do)))


def _left(undoing: Undoing, entry: Entry, seen: Survey) -> Command | None:
    """What is still to be sent to undo this entry; an entry with nothing left is finished."""
    do, undo = entry.effect.do, entry.effect.undo
    if entry.seq not in undoing.waiting:
        return None
    if entry.state == "intended" and isinstance(missing(do, seen), Different):
        undoing.finish(entry, "found")
        return None
    spared = undoing.spared(entry)
    left = leftover(do, spared, seen) if spared else None
    if left is None:
        undoing.finish(entry, "undone" if spared and spared == undo else "kept")
    return left


async def _send(undoing: Undoing, todo: list[tuple[Entry, Command]], platform: Platform) -> UndoRefused | None:
    """The first that was refused. What BroadWorks says no to is looked at again: only that it is still there counts."""
    refused = None
    for document in chunks(todo):
        undoing.sent |= {entry.seq for entry, _ in document}
        answers = await platform.send([undo for _, undo in document])
        for (entry, undo), answer in zip(document, answers, strict=True):
            if classify(answer) == "done":
                undoing.finish(entry, "undone" if undoing.spared(entry) == entry.effect.undo else "kept")
            else:
                refused = refused or UndoRefused(f"{undo.name}: {answer.words}")
    return refused
