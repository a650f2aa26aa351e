"""Who gets which numbers of a batch: in the order of submission, so that batching never changes who wins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from contracts.nanp import npa
from contracts.numbers import (
    NumbersReserved,
    NumbersUnavailable,
    ReservedNumber,
    ReserveNumbers,
    WantedNumbers,
)

Scope = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Free:
    """A number that this transaction has locked and that is available."""

    number: str
    npa: str
    nxx: str
    rate_center: str = ""

    def fits(self, scope: Scope) -> bool:
        """Is it in this area code, and in this exchange if one is asked for?"""
        return self.npa == scope[0] and scope[1] in (None, self.nxx)


@dataclass(slots=True)
class Allocation:
    """`claims` are (number, order id, run, trunking), `backorders` what to queue, `replies` one per command."""

    replies: list[NumbersReserved | NumbersUnavailable] = field(default_factory=list)
    claims: list[tuple[str, str, int, bool]] = field(default_factory=list)
    backorders: list[tuple[ReserveNumbers, WantedNumbers]] = field(default_factory=list)


def areas_wanted(commands: Iterable[ReserveNumbers]) -> set[str]:
    """The area codes of all that these orders choose and search."""
    return {npa(choice.number) for one in commands for choice in one.chosen} | {
        wanted.npa for one in commands for wanted in one.wanted
    }


def scopes(commands: Iterable[ReserveNumbers]) -> dict[Scope, int]:
    """How many candidates each scope may need: room for every other wish in the same NPA, chosen numbers included."""
    per_npa: dict[str, int] = {}
    found: set[Scope] = set()
    for command in commands:
        for choice in command.chosen:
            per_npa[npa(choice.number)] = per_npa.get(npa(choice.number), 0) + 1
        for wanted in command.wanted:
            found.add((wanted.npa, wanted.nxx))
            per_npa[wanted.npa] = per_npa.get(wanted.npa, 0) + wanted.quantity
    return {scope: per_npa[scope[0]] for scope in found}


def allocate(
    commands: Sequence[ReserveNumbers], chosen: Mapping[str, Free], candidates: Mapping[Scope, Sequence[Free]]
) -> Allocation:
    """`chosen` holds the asked-for numbers that are free, `candidates` free numbers of each scope in number order."""
    result = Allocation()
    taken: set[str] = set()
    for command in commands:
        lost = _lost(command, chosen, taken)
        picks = [] if lost else _search(command, candidates, taken)
        short = [_missing(wanted, len(found)) for wanted, found in zip(command.wanted, picks, strict=False)]
        missing = [one for one in short if one is not None]
        refused = [one for one in missing if not one.backorder]
        if lost or refused:
            result.replies.append(_unavailable(command, lost, refused))
            continue
        reserved = _reserved(command, chosen, picks)
        taken.update(one.number for one in reserved)
        result.claims += [(one.number, command.order_id, command.run, one.trunking) for one in reserved]
        result.backorders += [(command, one) for one in missing]
        reply = NumbersReserved(
            order_id=command.order_id, run=command.run, numbers=tuple(reserved), backordered=tuple(missing)
        )
        result.replies.append(reply)
    return result


def _lost(command: ReserveNumbers, chosen: Mapping[str, Free], taken: set[str]) -> list[str]:
    """Chosen numbers that are not free, went to an earlier order, or are named twice."""
    seen: set[str] = set()
    lost = []
    for choice in command.chosen:
        if choice.number not in chosen or choice.number in taken or choice.number in seen:
            lost.append(choice.number)
        seen.add(choice.number)
    return lost


def _search(command: ReserveNumbers, candidates: Mapping[Scope, Sequence[Free]], taken: set[str]) -> list[list[Free]]:
    """Free numbers for each search of the command; none is picked twice, none that the command names itself."""
    barred = taken | {choice.number for choice in command.chosen}
    picks: list[list[Free]] = []
    for wanted in command.wanted:
        free = (one for one in candidates[wanted.npa, wanted.nxx] if one.number not in barred)
        picks.append(list(islice(free, wanted.quantity)))
        barred = barred | {one.number for one in picks[-1]}
    return picks


def _reserved(
    command: ReserveNumbers, chosen: Mapping[str, Free], picks: Sequence[Sequence[Free]]
) -> list[ReservedNumber]:
    named = [(chosen[choice.number], choice.trunking) for choice in command.chosen]
    found = [(free, wanted.trunking) for wanted, frees in zip(command.wanted, picks, strict=True) for free in frees]
    return [
        ReservedNumber(number=free.number, trunking=trunking, rate_center=free.rate_center)
        for free, trunking in [*named, *found]
    ]


def _missing(wanted: WantedNumbers, found: int) -> WantedNumbers | None:
    short = wanted.quantity - found
    return wanted.model_copy(update={"quantity": short}) if short else None


def _unavailable(command: ReserveNumbers, lost: list[str], short: list[WantedNumbers]) -> NumbersUnavailable:
    sentences = []
    if lost:
        sentences.append(f"not available: {', '.join(lost)}")
    sentences += [f"{one.quantity} too few in {one.npa}{'-' + one.nxx if one.nxx else ''}" for one in short]
    return NumbersUnavailable(
        order_id=command.order_id,
        run=command.run,
        code="numbers-unavailable",
        reason=f"Numbers cannot be reserved: {'; '.join(sentences)}.",
        unavailable=tuple(lost),
        short=tuple(short),
    )
