"""Telephone numbers: one normal form inside, the spellings of BroadWorks outside."""

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise

from broadworks_simulator.errors import NUMBER_INVALID, NUMBER_RANGE_WRONG, Refusal
from broadworks_simulator.schema.fields import Fields

_E164 = re.compile(r"\+[1-9]\d{4,14}")
_NOISE = re.compile(r"[\s().-]")
_LARGEST_RANGE = 10_000


def normalise(text: str) -> str:
    """E.164; numbers without a plus are North American, the default country of this system."""
    bare = _NOISE.sub("", text)
    if not bare.startswith("+"):
        bare = f"+{bare}" if len(bare) == 11 and bare.startswith("1") else f"+1{bare}"
    if not _E164.fullmatch(bare):
        raise Refusal(NUMBER_INVALID, text)
    return bare


def asked_numbers(fields: Fields) -> list[str]:
    """All of `phoneNumber*, dnRange*`, ranges expanded, each once."""
    numbers = dict.fromkeys(normalise(text) for text in fields.texts("phoneNumber"))
    for span in fields.parts("dnRange"):
        numbers.update(dict.fromkeys(_expand(span.text("minPhoneNumber"), span.text("maxPhoneNumber"))))
    return list(numbers)


def _expand(low: str, high: str) -> Iterator[str]:
    first, last = normalise(low), normalise(high)
    size = int(last) - int(first) + 1
    if len(first) != len(last) or not 1 <= size <= _LARGEST_RANGE:
        raise Refusal(NUMBER_RANGE_WRONG, f"{low} - {high}")
    return (f"+{number}" for number in range(int(first), int(last) + 1))


def dashed(number: str) -> str:
    """`+1-973-555-0142`; numbers of other countries stay whole, as recorded from Belgium."""
    if len(number) == 12 and number.startswith("+1"):
        return f"+1-{number[2:5]}-{number[5:8]}-{number[8:]}"
    return number


def runs(numbers: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    """First and last of each run of neighbours with equal properties, in numeric order."""
    ordered = sorted(numbers, key=lambda entry: (len(entry[0]), entry[0]))
    if not ordered:
        return []
    starts, ends = [ordered[0][0]], []
    for (before, old), (after, new) in pairwise(ordered):
        if old != new or int(after) != int(before) + 1 or len(after) != len(before):
            ends.append(before)
            starts.append(after)
    return list(zip(starts, [*ends, ordered[-1][0]], strict=True))
