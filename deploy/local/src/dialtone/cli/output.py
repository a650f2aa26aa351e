"""What people and scripts read: tables for people, one JSON document with --json, errors in one sentence."""

import json
import os
import sys
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any, NoReturn

from rich.console import Console, ConsoleOptions, RenderableType
from rich.markup import escape
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from contracts.echo import escaped

WIDE = 120  # columns, where there is no terminal to ask
LINES = "\n\t"
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}  # Unicode categories of what shows nothing, or directs the screen


def visible(text: str) -> str:
    """Strangers' texts come here, and a terminal obeys some characters: those are written as JSON writes them."""
    if text.isprintable() or not any(_is_unseen(one) for one in text):
        return text
    return "".join(escaped(one) if _is_unseen(one) else one for one in text)


def _is_unseen(one: str) -> bool:
    return one not in LINES and unicodedata.category(one) in UNSEEN


class Screen(Console):
    """Prints no character of anybody's text that a terminal would obey; colours are our own."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        for segment in super().render(renderable, options):
            yield segment if segment.control else Segment(visible(segment.text), segment.style)


def console(*, stderr: bool = False) -> Console:
    on_terminal = (sys.stderr if stderr else sys.stdout).isatty()
    return Screen(stderr=stderr, width=None if on_terminal or "COLUMNS" in os.environ else WIDE)


out = console()
err = console(stderr=True)
COLOURS = {
    "completed": "green",
    "partial": "yellow",
    "failed": "red",
    "cancelled": "red",
    "held": "magenta",
    "pending": "magenta",
    "open": "magenta",
    "replayed": "green",
    "released": "green",
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
    """Ends the command. What others wrote (a service, BroadWorks) may look like markup and is printed as it is."""
    err.print(Text(sentence, style="red"), soft_wrap=True)
    raise SystemExit(code)


def say(sentence: str) -> None:
    """A line of prose, as it is."""
    out.print(Text(sentence), soft_wrap=True)


def coloured(word: str) -> str:
    colour = COLOURS.get(word)
    return f"[{colour}]{word}[/]" if colour else escape(word)


def counted(count: int, what: str) -> str:
    """`1 key`, `2 keys`."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, whole: Collection[str] = ()) -> None:
    """`whole` names the columns that are never folded: ids, to be copied."""
    made = Table(title=title, title_justify="left", header_style="bold", box=None, padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column in whole)
    for row in rows:
        made.add_row(*(coloured(str(cell if cell is not None else "")) for cell in row))
    out.print(made)


def clock(at: str | None) -> str:
    """An instant in the reader's own time zone, with the date when it was not today."""
    if not at:
        return ""
    when = datetime.fromisoformat(at).astimezone()
    if when.date() == datetime.now().astimezone().date():
        return when.strftime("%H:%M:%S.%f")[:-3]
    return when.strftime("%Y-%m-%d %H:%M:%S")


def duration(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{seconds * 1000:.0f} ms" if seconds < 10 else f"{seconds:.1f} s"


def shortened(words: Sequence[str], what: str, most: int = 8) -> str:
    """A list that is too long to read says how long it is, and where it begins and ends."""
    if len(words) <= most:
        return ", ".join(words)
    return f"{len(words)} {what}: {words[0]} to {words[-1]}"
