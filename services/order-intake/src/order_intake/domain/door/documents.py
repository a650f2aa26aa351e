"""JSON as strangers send it."""

import json
import math
from typing import Any


class Malformed(ValueError):
    """It is no JSON at all. The text says where and what was expected."""


class Doubled(dict[str, Any]):
    """An object in which `names` stand more than once: whichever value a reader takes, another was meant too."""

    names: tuple[str, ...] = ()


def read(value: bytes | str) -> Any:
    """The document. Raises Malformed, with line and column."""
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


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    doubled = Doubled(found)
    doubled.names = tuple(name for name in found if names.count(name) > 1)
    return doubled


def _never(word: str) -> None:
    raise Malformed(f"{word} is no JSON; a number was expected")


def _finite(text: str) -> float:
    if math.isinf(number := float(text)):
        raise Malformed(f"{text[:40]} is beyond all bounds")
    return number
