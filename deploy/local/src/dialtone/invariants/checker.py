"""The one shared checker: after every end-to-end test, and by `dialtone invariants` on any running stack."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dialtone.invariants.reading import take
from dialtone.invariants.rule import Rule
from dialtone.invariants.rules import RULES
from dialtone.invariants.snapshot import Snapshot
from dialtone.invariants.unread import PATIENCE
from dialtone.stack import stackfile
from dialtone.stack.errors import StackError
from dialtone.stack.stackfile import StackFile


@dataclass(frozen=True, slots=True)
class Result:
    """`broken` has a sentence for everything that breaks the rule."""

    rule: Rule
    broken: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        rule = self.rule
        marks = {"part": rule.part, "awaits": rule.awaits}
        told = {"number": rule.number, "title": rule.title, "broken": list(self.broken)}
        return told | {name: mark for name, mark in marks.items() if mark}


@dataclass(frozen=True, slots=True)
class Report:
    """`orders` counts those that were judged; one that moved meanwhile is not."""

    orders: int
    results: tuple[Result, ...]

    def broken(self) -> list[str]:
        """Of the rules that the product holds; what others yield is in `not_yet_held`."""
        return [
            f"{one.rule.name}. {sentence}" for one in self.results if not one.rule.awaits for sentence in one.broken
        ]

    def not_yet_held(self) -> list[str]:
        return [f"{one.rule.name}. {sentence}" for one in self.results if one.rule.awaits for sentence in one.broken]

    def as_dict(self) -> dict[str, Any]:
        return {"orders": self.orders, "hold": not self.broken(), "rules": [one.as_dict() for one in self.results]}


def check(snapshot: Snapshot) -> Report:
    results = tuple(Result(rule, tuple(rule.sentences(snapshot))) for rule in RULES)
    return Report(len(snapshot.settled), results)


async def check_stack(stack: StackFile, *, patience: float = PATIENCE) -> Report:
    """`patience` as in `take`."""
    return check(await take(stack, patience=patience))


async def check_folder(folder: Path, *, patience: float = PATIENCE) -> Report:
    """Of the stack that runs in this folder; `patience` as in `take`. Raises StackError when there is none."""
    running = stackfile.read(folder)
    if running is None:
        raise StackError(f"No stack runs in {folder}.")
    return await check_stack(running, patience=patience)
