"""Facts may come in any order and as often as they like: the newest of each key counts."""

from collections.abc import Iterable
from operator import attrgetter
from typing import TypeVar

from contracts.message import Fact

F = TypeVar("F", bound=Fact)


def newest(facts: Iterable[F]) -> list[F]:
    """One fact of each key, by key: rows are then written in one order everywhere, and each once in a statement."""
    found: dict[str, F] = {}
    for fact in facts:
        if fact.key not in found or found[fact.key].changed_at < fact.changed_at:
            found[fact.key] = fact
    return sorted(found.values(), key=attrgetter("key"))
