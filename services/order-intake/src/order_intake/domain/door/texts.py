"""The texts of a form, whichever they are: what none may contain, and how they are kept."""

import re
from collections.abc import Iterator
from typing import Any

from contracts import names
from contracts.faults import Told, pointer, shown
from order_intake.domain.door.documents import Doubled

_SURROGATE = re.compile("[\ud800-\udfff]")
# As they were typed: the partner's own id, and names of ours.
EXACT = frozenset({"external_id", "kind", "package", "reason", "registration"})
LINES = frozenset({"notes"})  # may have several lines
_LINE_ENDS = str.maketrans("", "", "\t\n\r")


def cleaned(document: Any, found: list[Told]) -> Any:
    """The document with its texts as they are kept; `found` collects the faults of those that cannot be."""
    return _cleaned(document, (), found)


def _cleaned(value: Any, path: tuple[str | int, ...], found: list[Told]) -> Any:
    match value:
        case str():
            return _text(value, path, found)
        case dict():
            if isinstance(value, Doubled):
                found += _doubled(value, path)
            return {_SURROGATE.sub("?", name): _cleaned(part, (*path, name), found) for name, part in value.items()}
        case list():
            return [_cleaned(part, (*path, index), found) for index, part in enumerate(value)]
    return value


def _doubled(value: Doubled, path: tuple[str | int, ...]) -> Iterator[Told]:
    for name in value.names:
        yield Told(pointer((*path, name)), "twice", f"the field {shown(name)} stands in the same object more than once")


def _text(text: str, path: tuple[str | int, ...], found: list[Told]) -> str:
    field = path[-1] if path else ""
    if text.isascii() and text.isprintable():
        if text and not text.strip():
            found.append(Told(pointer(path), "blank", f"{shown(text)} is blank"))
        return text if field in EXACT else names.folded(text)
    fault = _fault(text.translate(_LINE_ENDS) if field in LINES else text)
    if fault:
        code, what = fault
        found.append(Told(pointer(path), code, f"{shown(text)} {what}"))
        return _SURROGATE.sub("?", text)
    return text if field in EXACT or field in LINES else names.folded(text)


def _fault(text: str) -> tuple[str, str] | None:
    if _SURROGATE.search(text):
        return "not-unicode", "holds half a character (a lone surrogate)"
    if character := names.forbidden(text):
        what = f"U+{ord(character):04X}"
        return "control-character", f"holds a control or invisible character ({what}); leave it out"
    if text and not names.is_seen(text):
        return "blank", "is blank"
    return None
