"""What people and scripts read: tables on a terminal, one JSON document with --json, errors in one sentence."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NoReturn

from rich.console import Console
from rich.table import Table

out = Console()
err = Console(stderr=True)
COLOURS = {
    "completed": "green",
    "partial": "yellow",
    "failed": "red",
    "cancelled": "red",
    "held": "magenta",
    "pending": "magenta",
    "parked": "magenta",
    "replayed": "green",
    "done": "green",
    "undone": "yellow",
    "refused": "red",
    "timed out": "red",
    "stuck": "red",
    "holds": "green",
    "broken": "red",
}


def as_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, default=str) + "\n")


def fail(sentence: str, code: int = 1) -> NoReturn:
    err.print(f"[red]{sentence}[/]", highlight=False)
    raise SystemExit(code)


def coloured(word: str) -> str:
    colour = COLOURS.get(word)
    return f"[{colour}]{word}[/]" if colour else word


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    made = Table(title=title, title_justify="left", header_style="bold", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold")
    for row in rows:
        made.add_row(*(coloured(str(cell if cell is not None else "")) for cell in row))
    out.print(made)


def clock(at: str | None) -> str:
    """An instant in the reader's own time zone."""
    return datetime.fromisoformat(at).astimezone().strftime("%H:%M:%S.%f")[:-3] if at else ""


def duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"
