"""How far business time of a stack is ahead of real time: a file in its folder, which all its services read."""

from datetime import timedelta
from pathlib import Path

from pydantic import TypeAdapter

from chassis.runtime.clock import MovedBy

FILE = "business-time"
_LENGTH: TypeAdapter[timedelta] = TypeAdapter(timedelta)


def file_in(folder: Path) -> Path:
    return (folder / FILE).absolute()


def ahead(folder: Path) -> timedelta:
    """By how much; nothing when it was never advanced."""
    return MovedBy(file_in(folder)).by()


def advance(folder: Path, by: timedelta) -> timedelta:
    """Further on by so much; answers how far it is ahead then. Whoever reads meanwhile has the old or the new one."""
    after = ahead(folder) + by
    fresh = file_in(folder).with_suffix(".new")
    fresh.write_text(f"{_LENGTH.dump_json(after).decode().strip(chr(34))}\n")
    fresh.replace(file_in(folder))
    return after
