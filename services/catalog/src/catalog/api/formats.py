"""The lines of the ledger as JSON lines and as CSV, and which of them is asked for."""

import csv
import io
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import fields
from typing import Any

from pydantic import TypeAdapter

from catalog.store.postings import LedgerLine
from contracts.content_types import JSON

JSON_LINES = "application/x-ndjson"
CSV = "text/csv"
ANY = "*/*"
COLUMNS = [one.name for one in fields(LedgerLine)]
FIGURES = {"quantity", "unit_price", "exact_amount", "amount"}
# A spreadsheet takes what begins so for a formula, which may send what stands beside it to somebody else.
FORMULAS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_LINE = TypeAdapter(LedgerLine)

Pages = AsyncIterator[list[LedgerLine]]


def asked_for(accept: str) -> str:
    """JSON, JSON lines or CSV: what an Accept header (RFC 9110) likes best, the first of equals; JSON if none fits."""
    liked = {ANY: JSON, "application/*": JSON, JSON: JSON, JSON_LINES: JSON_LINES, "text/*": CSV, CSV: CSV}
    best, quality = JSON, 0.0
    for part in accept.split(","):
        kind, *parameters = (word.strip().lower() for word in part.split(";"))
        weight = _weight(parameters)
        if kind in liked and weight > quality:
            best, quality = liked[kind], weight
    return best


def _weight(parameters: Iterable[str]) -> float:
    for one in parameters:
        name, _, value = one.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


async def json_lines(pages: Pages) -> AsyncIterator[bytes]:
    """A document a line."""
    async for lines in pages:
        yield b"".join(_LINE.dump_json(line) + b"\n" for line in lines)


async def csv_lines(pages: Pages) -> AsyncIterator[bytes]:
    """RFC 4180, with a line of names first."""
    yield _rows([dict(zip(COLUMNS, COLUMNS, strict=True))])
    async for lines in pages:
        yield _rows(_LINE.dump_python(line, mode="json") for line in lines)


def _rows(rows: Iterable[dict[str, Any]]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writerows({name: cell(name, value) for name, value in row.items()} for row in rows)
    return text.getvalue().encode()


def cell(name: str, value: Any) -> Any:
    """A text that a spreadsheet would take for a formula begins with an apostrophe; figures stay figures."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str) and name not in FIGURES and value.startswith(FORMULAS):
        return f"'{value}"
    return value


WRITTEN: dict[str, Callable[[Pages], AsyncIterator[bytes]]] = {JSON_LINES: json_lines, CSV: csv_lines}
