"""What a catalogue package means in BroadWorks. The mapping is data, read from services.csv."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

Level = Literal["seat", "user", "group", "external", "none"]
NumberRule = Literal["first", "last", "never"]


@dataclass(frozen=True, slots=True)
class Package:
    """A seat is sold as a service pack of user services; `number` says when it is handed one.

    `external` is built by another platform or by people, `none` is only a charge: neither concerns BroadWorks.
    """

    name: str
    level: Level
    user_services: tuple[str, ...] = ()
    group_services: tuple[str, ...] = ()
    number: NumberRule = "never"


Packages = Mapping[str, Package]


class BadMapping(ValueError):
    """Tells which package of the mapping file is wrong, and how."""


def parse(text: str) -> Packages:
    """Reads the text of services.csv. Raises BadMapping for a level or number rule that nobody knows."""
    rows = csv.DictReader(text.splitlines())
    return {row["package"]: _package(row) for row in rows}


def _package(row: Mapping[str, str]) -> Package:
    level, number = row["level"], row["number"] or "never"
    if level not in get_args(Level) or number not in get_args(NumberRule):
        raise BadMapping(f"{row['package']}: unknown level {level!r} or number rule {number!r}")
    return Package(
        row["package"],
        cast("Level", level),
        _list(row["user_services"]),
        _list(row["group_services"]),
        cast("NumberRule", number),
    )


def _list(cell: str) -> tuple[str, ...]:
    return tuple(filter(None, cell.split("|")))
