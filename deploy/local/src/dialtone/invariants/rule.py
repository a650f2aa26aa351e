"""What a rule is, and what a check of it has found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from dialtone.invariants.snapshot import Snapshot

Check = Callable[[Snapshot], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Each check yields a sentence for everything that breaks the rule.

    `part` tells rules of one number apart. `awaits` is the subject of the work after which the rule will hold: until
    then it is checked and counted, and breaks nothing.
    """

    number: int
    title: str
    checks: tuple[Check, ...]
    part: str = ""
    awaits: str = ""

    @property
    def name(self) -> str:
        return f"{self.number}{self.part}"

    def sentences(self, snapshot: Snapshot) -> Iterator[str]:
        for check in self.checks:
            yield from check(snapshot)
