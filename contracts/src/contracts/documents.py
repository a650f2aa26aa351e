"""JSON as strangers send it: read once, in one way, for every door."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from contracts.bounds import FAULTS
from contracts.echo import escaped
from contracts.faults import Told, inside, shown

# Half a surrogate pair: UTF-8 has no bytes for it, so it could be neither kept nor answered.
SURROGATE = re.compile("[\ud800-\udfff]")
TOO_DEEP = "lists and objects are nested too deeply"
_ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")  # a NUL, or half a pair, or both halves: what was read tells

_PLAINLY = {
    "Extra data": "the document ends here, and more text follows it",
    "Unexpected UTF-8 BOM (decode using utf-8-sig)": "it begins with a byte order mark; leave that out",
    "Expecting property name enclosed in double quotes": "expected the name of a field, in double quotes",
    "Expecting value": "expected a value",
    "Expecting ',' delimiter": "expected a comma, or the end of the list or object",
    "Expecting ':' delimiter": "expected a colon behind the name of the field",
    "Unterminated string starting at": "the text that begins here has no closing quote",
    "Invalid control character at": "a text holds a line break or another control character; escape it, such as \\n",
    "Invalid \\escape": "a backslash begins no escape of JSON; write it twice",
    "Invalid \\uXXXX escape": "\\u stands before four hexadecimal digits",
    "Illegal trailing comma before end of object": "the last field has a comma behind it; leave that out",
    "Illegal trailing comma before end of array": "the last entry has a comma behind it; leave that out",
}


class Malformed(ValueError):
    """It is no JSON at all. The text says where and what was expected."""


class Written(float):
    """A number that is written otherwise than Python writes it: whoever wrote it knows it by its text."""

    text: str = ""

    def __str__(self) -> str:
        return self.text


class Doubled(dict[str, Any]):
    """An object in which `names` stand more than once: whichever value a reader takes, another was meant too."""

    names: frozenset[str] = frozenset()


def read(value: bytes | str) -> Any:
    """The document (RFC 8259). Raises Malformed, with line and column where there are some."""
    return _read(value)[0]


def judged(value: bytes) -> tuple[Any, list[Told]]:
    """The document, and its flaws: what no database keeps, and fields that stand twice, wherever they are in it.

    They are looked for only where reading it has met a reason to. Raises Malformed.
    """
    document, is_doubled = _read(value)
    found: list[Told] = []
    if is_doubled or _ESCAPED.search(value):
        try:
            _walk(document, "", found)
        except RecursionError:
            raise Malformed(TOO_DEEP) from None
    return document, found


def flaw(text: str) -> str:
    """The code of why no database keeps it; empty where one does."""
    if SURROGATE.search(text):
        return "not-unicode"
    return "control-character" if "\0" in text else ""


def said_of(code: str, text: str) -> str:
    """What is told of a text with this flaw."""
    if code == "not-unicode":
        return f"{shown(text)} holds half a character (a lone surrogate)"
    return f"{shown(text)} holds a NUL (U+0000); leave it out"


def doubled(document: dict[str, Any], at: str) -> Iterator[Told]:
    """The fields that stand more than once in this object, which is at `at`."""
    if isinstance(document, Doubled):
        for name, spelt in _spelt(document):
            if name in document.names:
                detail = f"the field {shown(name)} stands in the same object more than once"
                yield Told(inside(at, spelt), "twice", detail)


def fields(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Names and values. Half a character in a name is spelt as JSON escapes it, so that the name can be told.

    No two names become one by that.
    """
    return ((spelt, document[name]) for name, spelt in _spelt(document))


def _spelt(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    taken: set[str] = set()
    for name in document:
        spelt = name
        if not name.isascii() and SURROGATE.search(name):
            spelt = SURROGATE.sub(lambda half: escaped(half.group()), name)
            while spelt in document or spelt in taken:
                spelt += "'"
            taken.add(spelt)
        yield name, spelt


def _walk(part: Any, at: str, found: list[Told]) -> None:
    match part:
        case str():
            _note(part, at, found)
        case dict():
            found += doubled(part, at)
            for name, spelt in _spelt(part):
                here = inside(at, spelt)
                _note(name, here, found)
                _walk(part[name], here, found)
        case list():
            for index, value in enumerate(part):
                _walk(value, inside(at, index), found)


def _note(text: str, at: str, found: list[Told]) -> None:
    if code := flaw(text):
        found.append(Told(at, code, said_of(code, text) if len(found) < FAULTS else ""))


def _read(value: bytes | str) -> tuple[Any, bool]:
    """The document, and whether a field stands twice in any object of it."""
    doubles: list[Doubled] = []

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) == len(pairs):
            return found
        counted = Counter(name for name, _ in pairs)
        twice = Doubled(found)
        twice.names = frozenset(name for name, count in counted.items() if count > 1)
        doubles.append(twice)
        return twice

    try:
        text = value.decode() if isinstance(value, bytes) else value
        document = json.loads(text, object_pairs_hook=made, parse_constant=_never, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise Malformed(f"byte {error.start + 1} is no UTF-8; JSON is written in UTF-8") from None
    except json.JSONDecodeError as error:
        what = _PLAINLY.get(error.msg, "what stands here is no JSON")
        raise Malformed(f"line {error.lineno}, column {error.colno}: {what}") from None
    except RecursionError:
        raise Malformed(TOO_DEEP) from None
    except ValueError as error:
        detail = str(error) if isinstance(error, Malformed) else "a number has too many digits"
        raise Malformed(detail) from None
    return document, bool(doubles)


def _never(word: str) -> None:
    raise Malformed(f"{word} is no JSON; a number was expected")


def _finite(text: str) -> float:
    number = Written(text)
    if math.isinf(number):
        raise Malformed(f"{text[:40]} is beyond all bounds")
    number.text = text
    return number
