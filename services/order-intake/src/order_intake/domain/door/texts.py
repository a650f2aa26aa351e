"""The texts of a form, whichever they are: what none may contain, and how they are kept."""

from typing import Any

from contracts import documents, names
from contracts.documents import SURROGATE, Malformed
from contracts.faults import Told, inside, shown

# As they were typed: the partner's own id, but in one spelling of its characters, and names of ours.
EXACT = frozenset({"external_id", "kind", "package", "reason", "registration"})
LINES = frozenset({"notes"})  # may have several lines
MOST_FIELDS = 500  # of an object; the largest has twenty
MOST_VALUES = 16_000  # the largest form that an order can be made of has about 11,000
DEEPEST = 20  # levels; a form has five
_LINE_ENDS = str.maketrans("", "", "\t\n\r")


class Cleaning:
    """One walk through a document; `found` collects the faults of texts that cannot be kept."""

    def __init__(self, found: list[Told]) -> None:
        self._found, self._values = found, 0

    def of(self, value: Any, at: str = "", field: str = "") -> Any:
        """What stands in this field at this place, its texts as they are kept.

        Raises Malformed for more values, or deeper ones, than any form has.
        """
        self._values += 1
        if self._values > MOST_VALUES:
            raise Malformed(f"it has more than {MOST_VALUES} values; no order is that large")
        match value:
            case str():
                return self._text(value, at, field)
            case dict() | list() if at.count("/") > DEEPEST:
                raise Malformed(documents.TOO_DEEP)
            case dict() if len(value) > MOST_FIELDS:
                raise Malformed(f"an object in it has {len(value):,} fields; none of an order has that many")
            case dict():
                self._found += documents.doubled(value, at)
                return {name: self.of(part, inside(at, name), name) for name, part in documents.fields(value)}
            case list():
                return [self.of(part, inside(at, index)) for index, part in enumerate(value)]
        return value

    def _text(self, text: str, at: str, field: str) -> str:
        if text.isascii() and text.isprintable():
            if text and not text.strip():
                self._found.append(Told(at, *_blank(text)))
            return text if field in EXACT else names.folded(text)
        fault = _fault(text, text.translate(_LINE_ENDS) if field in LINES else text)
        if fault:
            self._found.append(Told(at, *fault))
            return SURROGATE.sub("?", text)
        if field == "external_id":
            return names.composed(text)
        return text if field in EXACT or field in LINES else names.folded(text)


def _fault(text: str, on_one_line: str) -> tuple[str, str] | None:
    if SURROGATE.search(text):
        return (code := documents.flaw(text)), documents.said_of(code, text)
    if character := names.forbidden(on_one_line):
        what = f"U+{ord(character):04X}"
        return "control-character", f"{shown(text)} holds a control or invisible character ({what}); leave it out"
    if text and not names.is_seen(text):
        return _blank(text)
    return None


def _blank(text: str) -> tuple[str, str]:
    return "blank", f"{shown(text)} is blank; expected a text that shows something"
