"""What a command answers: nothing, data, or tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Cell = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Table:
    """Columns by heading, rows in the same order as the headings."""

    name: str
    headings: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Part:
    """A nested element."""

    name: str
    items: "list[Item]"


Item = tuple[str, Cell] | Part | Table
"""A leaf that is None is left out."""


@dataclass(frozen=True, slots=True)
class Data:
    type_name: str
    items: list[Item]


def repeated(name: str, values: Iterable[str]) -> list[Item]:
    return [(name, value) for value in values]


def part(name: str, values: Mapping[str, str]) -> list[Item]:
    """A nested element of leaves, left out when empty."""
    return [Part(name, list(values.items()))] if values else []
