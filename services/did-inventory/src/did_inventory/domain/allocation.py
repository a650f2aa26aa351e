"""Who gets which numbers of a batch: in the order of submission, so that batching never changes who wins."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
        return self.npa == scope[0] and scope[1] in (None, self.nxx)


@dataclass(slots=True)
class Allocation:
    """`claims` are (number, order id, trunking) to reserve, `backorders` what to queue, `replies` one per command."""

    replies: list[NumbersReserved | NumbersUnavailable] = field(default_factory=list)
    claims: list[tuple[str, str, bool]] = field(default_factory=list)
    backorders: list[tuple[ReserveNumbers, WantedNumbers]] = field(default_factory=list)


def scopes(commands: Iterable[ReserveNumbers]) -> dict[Scope, int]:
    """How many candidates each scope may need; overlapping scopes (an NPA and its NXX) get room for each other."""
    per_npa: dict[str, int] = {}
    found: set[Scope] = set()
    for command in commands:
        for wanted in command.wanted:
            found.add((wanted.npa, wanted.nxx))
            per_npa[wanted.npa] = per_npa.get(wanted.npa, 0) + wanted.quantity
    return {scope: per_npa[scope[0]] for scope in found}


def allocate(
    commands: Sequence[ReserveNumbers], chosen: Mapping[str, Free], candidates: Mapping[Scope, Sequence[Free]]
) -> Allocation:
    """`chosen` holds the asked-for numbers that are free, `candidates` free numbers of each scope in number order."""
    result = Allocation()
    taken: set[str] = {choice.number for command in commands for choice in command.chosen if choice.number in chosen}
    explicitly: set[str] = set()
    for command in commands:
        lost = [one.number for one in command.chosen if one.number not in chosen or one.number in explicitly]
        picks = {} if lost else _search(command, candidates, taken)
        short = [_missing(wanted, picks[index]) for index, wanted in enumerate(command.wanted) if not lost]
        refused = [one for one in short if one.quantity and not one.backorder]
        if lost or refused:
            result.replies.append(_unavailable(command, lost, refused))
            continue
        explicitly.update(choice.number for choice in command.chosen)
        reserved = [
            ReservedNumber(number=one.number, trunking=one.trunking, rate_center=chosen[one.number].rate_center)
            for one in command.chosen
        ]
        for index, wanted in enumerate(command.wanted):
            taken.update(free.number for free in picks[index])
            reserved += [
                ReservedNumber(number=free.number, trunking=wanted.trunking, rate_center=free.rate_center)
                for free in picks[index]
            ]
        result.claims += [(one.number, command.order_id, one.trunking) for one in reserved]
        backordered = tuple(one for one in short if one.quantity)
        result.backorders += [(command, one) for one in backordered]
        result.replies.append(
            NumbersReserved(
                order_id=command.order_id, run=command.run, numbers=tuple(reserved), backordered=backordered
            )
        )
    return result


def _search(
    command: ReserveNumbers, candidates: Mapping[Scope, Sequence[Free]], taken: set[str]
) -> dict[int, list[Free]]:
    """Free numbers for each search of the command; none is picked twice."""
    picks: dict[int, list[Free]] = {}
    mine: set[str] = set()
    for index, wanted in enumerate(command.wanted):
        picks[index] = []
        for free in candidates[wanted.npa, wanted.nxx]:
            if len(picks[index]) == wanted.quantity:
                break
            if free.number not in taken and free.number not in mine:
                picks[index].append(free)
                mine.add(free.number)
    return picks


def _missing(wanted: WantedNumbers, picked: Sequence[Free]) -> WantedNumbers:
    return wanted.model_copy(update={"quantity": wanted.quantity - len(picked)})


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
