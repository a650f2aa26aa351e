"""The one shared checker: after every end-to-end test, and by `dialtone invariants` on any running stack."""

from dataclasses import dataclass
from typing import Any

from dialtone.invariants.rules import RULES
from dialtone.invariants.snapshot import Snapshot, take
from dialtone.stack.stackfile import StackFile


@dataclass(frozen=True, slots=True)
class Result:
    number: int
    title: str
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """`orders` counts those that were judged; one that moved meanwhile is not."""

    orders: int
    results: tuple[Result, ...]

    def broken(self) -> list[str]:
        return [f"{one.number}. {sentence}" for one in self.results for sentence in one.broken]

    def as_dict(self) -> dict[str, Any]:
        rules = [{"number": one.number, "title": one.title, "broken": list(one.broken)} for one in self.results]
        return {"orders": self.orders, "hold": not self.broken(), "rules": rules}


def check(snapshot: Snapshot) -> Report:
    results = tuple(Result(rule.number, rule.title, tuple(rule.check(snapshot))) for rule in RULES)
    return Report(len(snapshot.settled), results)


async def check_stack(stack: StackFile) -> Report:
    return check(await take(stack))
