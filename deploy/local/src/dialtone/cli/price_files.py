"""Files of prices: CSV, as spreadsheets write it, or YAML. What is read keeps the place where it stood."""

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import yaml

COLUMNS = ("package", "kind", "unit_price")


class Line(NamedTuple):
    """A price, and where in the file it is: `line 7`, or `entry 7` of a YAML list."""

    place: str
    price: dict[str, str]


class NotReadable(Exception):
    """The file is none of prices; says why."""


def read(path: Path) -> list[Line]:
    """By the ending of its name: `.yaml` and `.yml` are YAML, everything else is CSV. Raises NotReadable."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = list(_yaml(file) if path.suffix.lower() in (".yaml", ".yml") else _csv(file))
    except OSError as error:
        raise NotReadable(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise NotReadable(f"{path} is not UTF-8: save it as such.") from None
    except (csv.Error, yaml.YAMLError) as error:
        raise NotReadable(f"{path} cannot be read: {' '.join(str(error).split())}.") from None
    if not lines:
        raise NotReadable(f"{path} has no price in it.")
    return lines


def write(prices: Iterable[dict[str, Any]], file: TextIO) -> None:
    """As CSV, to be read again by `read`."""
    writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(prices)


def _csv(file: TextIO) -> Iterator[Line]:
    """The first line names the columns, in any order; lines that begin with # are comments."""
    numbers: list[int] = []

    def told() -> Iterator[str]:
        for number, line in enumerate(file, 1):
            if line.strip() and not line.startswith("#"):
                numbers.append(number)
                yield line

    reader = csv.DictReader(told(), strict=True)
    reader.fieldnames = [name.strip() for name in reader.fieldnames or ()]
    _require(reader.fieldnames, "the first line")
    for row in reader:
        place = f"line {numbers[-1]}"
        if None in row or None in row.values():
            raise NotReadable(f"{place} has not as many cells as the first line.")
        yield Line(place, {name: row[name].strip() for name in COLUMNS})


def _yaml(file: TextIO) -> Iterator[Line]:
    """A list of entries with the three names. Everything is text: 9.35 is no number of a computer here."""
    entries = yaml.load(file, Loader=yaml.BaseLoader)  # noqa: S506  it makes texts, lists and mappings only
    if not isinstance(entries, list):
        raise NotReadable(f"A YAML file is a list of prices, each with {', '.join(COLUMNS)}.")
    for number, entry in enumerate(entries, 1):
        place = f"entry {number}"
        if not isinstance(entry, dict) or not all(isinstance(text, str) for text in entry.values()):
            raise NotReadable(f"{place} is no price; it has {', '.join(COLUMNS)}.")
        _require(entry, place)
        yield Line(place, {name: entry[name].strip() for name in COLUMNS})


def _require(names: Iterable[str], place: str) -> None:
    found = sorted(names)
    if found != sorted(COLUMNS):
        there = ", ".join(found) or "nothing"
        raise NotReadable(f"{place} names {there}; there must be {', '.join(COLUMNS)} and nothing else.")
