"""JSON as strangers send it: read once, in one way, for every door."""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from contracts.faults import Told, pointer, shown

# Half a surrogate pair: UTF-8 has no bytes for it, so it could be neither kept nor answered.
SURROGATE = re.compile("[\ud800-\udfff]")
_ESCAPED = re.compile(rb"\\u(?:0000|[dD][89a-fA-F])")  # a NUL, or half a pair, or both halves: what was read tells


class Malformed(ValueError):
    """It is no JSON at all. The text says where and what was expected."""


class Doubled(dict[str, Any]):
    """An object in which `names` stand more than once: whichever value a reader takes, another was meant too."""

    names: tuple[str, ...] = ()


def read(value: bytes | str) -> Any:
    """The document (RFC 8259). Raises Malformed, with line and column where there are some."""
    try:
        text = value.decode() if isinstance(value, bytes) else value
        return json.loads(text, object_pairs_hook=_object, parse_constant=_never, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise Malformed(f"byte {error.start + 1} is no UTF-8; JSON is written in UTF-8") from None
    except json.JSONDecodeError as error:
        what = error.msg[:1].lower() + error.msg[1:]
        raise Malformed(f"line {error.lineno}, column {error.colno}: {what}") from None
    except RecursionError:
        raise Malformed("lists and objects are nested too deeply") from None
    except ValueError as error:
        detail = str(error) if isinstance(error, Malformed) else "a number has too many digits"
        raise Malformed(detail) from None


def may_be_flawed(value: bytes, document: Any) -> bool:
    """Is it worth a walk? Cheap, and never wrong when it says no, but for what is doubled inside."""
    return isinstance(document, Doubled) or _ESCAPED.search(value) is not None


def flaws(document: Any, path: tuple[str | int, ...] = ()) -> Iterator[Told]:
    """What no database keeps, and fields that stand twice, wherever they are in the document."""
    match document:
        case str():
            if fault := flaw(document):
                yield Told(pointer(path), *fault)
        case dict():
            yield from doubled(document, path)
            for name, part in document.items():
                here = (*path, SURROGATE.sub("?", name))
                if fault := flaw(name):
                    yield Told(pointer(here), *fault)
                yield from flaws(part, here)
        case list():
            for index, part in enumerate(document):
                yield from flaws(part, (*path, index))


def flaw(text: str) -> tuple[str, str] | None:
    """Code and detail for a text that no database keeps."""
    if SURROGATE.search(text):
        return "not-unicode", f"{shown(text)} holds half a character (a lone surrogate)"
    if "\0" in text:
        return "control-character", f"{shown(text)} holds a NUL (U+0000); leave it out"
    return None


def doubled(document: dict[str, Any], path: tuple[str | int, ...]) -> Iterator[Told]:
    """The fields that stand in this object more than once."""
    if isinstance(document, Doubled):
        for name in document.names:
            detail = f"the field {shown(name)} stands in the same object more than once"
            yield Told(pointer((*path, name)), "twice", detail)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    counted = Counter(name for name, _ in pairs)
    twice = Doubled(found)
    twice.names = tuple(name for name, count in counted.items() if count > 1)
    return twice


def _never(word: str) -> None:
    raise Malformed(f"{word} is no JSON; a number was expected")


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise Malformed(f"{text[:40]} is beyond all bounds")
    return number
