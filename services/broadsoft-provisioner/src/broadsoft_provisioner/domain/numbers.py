"""One spelling for telephone numbers: E.164. BroadWorks writes them dashed and as ranges."""

import re
from collections.abc import Iterable

RANGE = re.compile(r"\s+-\s+")
RANGE_LIMIT = 10_000


class NotANumber(ValueError):
    """Tells the text that is no number or no range of numbers."""


def normalise(text: str) -> str:
    """`+1-251-555-1100` and `+12515551100` are one number. Ten bare digits are a North American one."""
    digits = "".join(character for character in text if character in "0123456789")
    if not 1 <= len(digits) <= 22:
        raise NotANumber(f"not a telephone number: {text!r}")
    if not text.strip().startswith("+") and len(digits) == 10:
        digits = "1" + digits
    return "+" + digits


def expand(cell: str, limit: int = RANGE_LIMIT) -> tuple[str, ...]:
    """The numbers in one table cell: one number, or both ends of a range and all between."""
    if not cell.strip():
        return ()
    ends = [normalise(end) for end in RANGE.split(cell.strip())]
    if len(ends) == 1:
        return (ends[0],)
    if len(ends) != 2:
        raise NotANumber(f"not a range of numbers: {cell!r}")
    first, last = (int(end) for end in ends)
    if not 0 <= last - first < limit:
        raise NotANumber(f"not a range of at most {limit} numbers: {cell!r}")
    return tuple(f"+{number}" for number in range(first, last + 1))


def expand_all(cells: Iterable[str]) -> frozenset[str]:
    """The numbers of all cells together. Raises NotANumber."""
    return frozenset(number for cell in cells for number in expand(cell))
