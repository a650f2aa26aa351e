"""`dialtone clock`: business time of the stack in a folder, moved on so that what takes a month can be seen at once."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from dialtone.cli.output import as_json, fail, say
from dialtone.cli.reading import stack_in
from dialtone.cli.target import FOLDER, Folder, Json
from dialtone.stack import business_time

app = typer.Typer(help="Business time of the stack in a folder: dates, gates, billing.", no_args_is_help=True)
SHORT = re.compile(r"([0-9]{1,5})([dhm])")
UNITS = {"d": "days", "h": "hours", "m": "minutes"}
MOST = timedelta(days=3660)  # beyond it nobody may plan
_LENGTH: TypeAdapter[timedelta] = TypeAdapter(timedelta)
Length = Annotated[str, typer.Argument(metavar="LENGTH", help="such as 35d, 48h, 30m, or ISO 8601 as P35D")]


@app.command()
def show(folder: Folder = FOLDER, as_: Json = False) -> None:
    """What it is now, and how far ahead of real time."""
    _must_run(folder)
    _print(business_time.ahead(folder), as_=as_)


@app.command()
def advance(length: Length, folder: Folder = FOLDER, as_: Json = False) -> None:
    """Move it on: gates open, periods begin and are billed, due dates come. It never goes back."""
    by = _length(length)
    _must_run(folder)
    if business_time.ahead(folder) + by > MOST:
        fail(f"{length} would be more than {MOST.days} days ahead of real time.", 2)
    _print(business_time.advance(folder, by), as_=as_)


def _length(text: str) -> timedelta:
    if short := SHORT.fullmatch(text):
        found = timedelta(**{UNITS[short[2]]: int(short[1])})
    else:
        try:
            found = _LENGTH.validate_strings(text)
        except ValidationError:
            fail(f"{text!r} is no length of time; write one such as 35d, 48h, 30m, or P35D.", 2)
    if found <= timedelta(0):
        fail(f"{text!r} does not move it on; write a length such as 35d.", 2)
    return found


def _must_run(folder: Path) -> None:
    if stack_in(folder) is None:
        fail(f"No stack runs in {folder}. Start one with: dialtone up")


def _print(ahead: timedelta, *, as_: bool) -> None:
    now = datetime.now(UTC) + ahead
    if as_:
        as_json({"business_time": now.isoformat(timespec="seconds"), "ahead_seconds": ahead.total_seconds()})
        return
    days, rest = divmod(ahead, timedelta(days=1))
    say(f"Business time is {now:%Y-%m-%d %H:%M} UTC, {days} days and {rest.seconds // 3600} hours ahead of real time.")
