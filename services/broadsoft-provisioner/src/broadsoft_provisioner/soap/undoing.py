"""Takes back, from its ledger, everything an order did in BroadWorks, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from broadsoft_provisioner.domain.ledger import Entry, State, takeable, undo_order
from broadsoft_provisioner.domain.oci import Command
from broadsoft_provisioner.domain.outcomes import Answer, classify
from broadsoft_provisioner.domain.readback import Different, leftover, missing, questions
from broadsoft_provisioner.domain.resources import kept_from, shared
from broadsoft_provisioner.domain.sequence import chunks
from broadsoft_provisioner.domain.survey import Survey
from broadsoft_provisioner.soap.carrying import Ledger, Platform
from broadsoft_provisioner.soap.faults import UndoRefused
from broadsoft_provisioner.soap.patience import Patience
from chassis.errors import Transient


@dataclass
class Undoing:
    """By `seq`. `no` holds the undos that were refused, as they were sent."""

    waiting: dict[int, Entry]
    relied_on: frozenset[str]
    states: dict[int, State] = field(default_factory=dict)
    no: dict[int, tuple[Command, Answer]] = field(default_factory=dict)
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
    """How many effects were taken back. Raises UndoRefused when one is still there and BroadWorks will not."""
    entries = takeable(await ledger.entries())
    work = Undoing({entry.seq: entry for entry in entries}, await ledger.relied_on(_names(entries)))
    pauses = patience.begin()
    try:
        while work.waiting:
            outside = work.outside()
            seen = await platform.look(_questions(outside))
            todo = [(entry, undo) for entry in outside if (undo := _left(work, entry, seen))]
            try:
                await _send(work, todo, platform)
            except Transient as failure:
                await pauses.after(failure)
    finally:
        await ledger.settle(work.states)
    return sum(
        work.states[entry.seq] == "undone" and (entry.state == "done" or entry.seq in work.sent) for entry in entries
    )


def _names(entries: Iterable[Entry]) -> list[str]:
    return [name for entry in entries for name in shared(entry.effect.do)]


def _questions(entries: Iterable[Entry]) -> list[Command]:
    return list(dict.fromkeys(question for entry in entries for question in questions(entry.effect.do)))


def _left(work: Undoing, entry: Entry, seen: Survey) -> Command | None:
    """What is still to be sent to undo this entry; an entry with nothing left is finished."""
    do, undo = entry.effect.do, entry.effect.undo
    if entry.seq not in work.waiting:
        return None
    if entry.state == "intended" and isinstance(missing(do, seen), Different):
        work.finish(entry, "found")
        return None
    spared = work.spared(entry)
    left = leftover(do, spared, seen) if spared else None
    if left is None:
        work.finish(entry, "undone" if spared and spared == undo else "kept")
    elif entry.seq in work.no and work.no[entry.seq][0] == left:
        _leave(work, entry, work.no[entry.seq][1])
        return None
    return left


def _leave(work: Undoing, entry: Entry, answer: Answer) -> None:
    """Refused and still there: a shared thing in use is left, anything else needs a person."""
    if not shared(entry.effect.do) or entry.effect.do.name == "GroupAddRequest":
        raise UndoRefused(f"{entry.effect.undo.name if entry.effect.undo else entry.effect.key}: {answer.words}")
    work.finish(entry, "kept")


async def _send(work: Undoing, todo: list[tuple[Entry, Command]], platform: Platform) -> None:
    for document in chunks(todo):
        work.sent |= {entry.seq for entry, _ in document}
        answers = await platform.send([undo for _, undo in document])
        for (entry, undo), answer in zip(document, answers, strict=True):
            if classify(answer) == "done":
                work.finish(entry, "undone" if work.spared(entry) == entry.effect.undo else "kept")
            else:
                work.no[entry.seq] = (undo, answer)
