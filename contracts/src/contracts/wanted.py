"""What a field takes, in words, as its model says it: for a field that is missing, or that holds something else."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel

from contracts.echo import quoted

Schema = Mapping[str, Any]
DATE = "a date, as year-month-day, such as 2027-01-18"
INSTANT = "a date and time with its offset, as text, such as 2027-01-18T14:00:00Z"
AMOUNT = "an amount such as 12.50"
FLAG = "true or false"
WHOLE = "a whole number, in digits alone"
FORMATS = {
    "date": DATE,
    "date-time": INSTANT,
    "duration": "a length of time such as PT30M or P1D, or seconds",
}
BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
}


def wanted(model: type[BaseModel], field: str) -> str:
    """The choices, or the kind with its bounds and an example; "" for a field that does not exist."""
    described = _properties(model).get(field)
    return in_words(described) if described else ""


def wanted_entry(model: type[BaseModel], field: str) -> str:
    """The same of one entry of a list; "" for a field that is none."""
    entry = _kind(_properties(model).get(field, {})).get("items")
    return in_words(entry) if entry else ""


@cache
def _properties(model: type[BaseModel]) -> Mapping[str, Schema]:
    found: Mapping[str, Schema] = model.model_json_schema().get("properties", {})
    return found


def _kind(schema: Schema) -> dict[str, Any]:
    """Of what may be null as well, the other."""
    return next((one for one in schema.get("anyOf", ()) if one.get("type") != "null"), {}) | dict(schema)


def in_words(schema: Schema) -> str:
    """What a JSON schema takes."""
    kind = _kind(schema)
    if "description" in kind and ("pattern" in kind or kind.get("format") == "duration"):  # neither says it in words
        return str(kind["description"])
    if "enum" in kind:
        *others, last = map(repr, kind["enum"])
        return f"{', '.join(others)} or {last}" if others else last
    if "const" in kind:
        return repr(kind["const"])
    match kind.get("type"):
        case "string":
            return FORMATS.get(kind.get("format", "")) or _text(kind)
        case "integer":
            return f"{WHOLE}{_between(kind)}"
        case "number":
            return f"{AMOUNT}{_between(kind)}"
        case "boolean":
            return FLAG
        case "array":
            return _list(kind) + (f" of at most {kind['maxItems']} entries" if "maxItems" in kind else "")
        case "object":
            return "an object"
    return "an object" if "$ref" in kind else ""


def _list(kind: Schema) -> str:
    choices = kind.get("items", {}).get("enum", ())
    return f"a list of any of {', '.join(map(repr, choices))}" if choices else "a list"


def _text(kind: Schema) -> str:
    words = "a text" + (f" of at most {kind['maxLength']} characters" if "maxLength" in kind else "")
    if examples := kind.get("examples"):
        return f"{words} such as {quoted(str(examples[0]))}"
    return f"{words} that fits {kind['pattern']}" if "pattern" in kind else words


def _between(kind: Schema) -> str:
    if "minimum" in kind and "maximum" in kind:
        return f", from {_figure(kind['minimum'])} to {_figure(kind['maximum'])}"
    return "".join(f", {words} {_figure(kind[name])}" for name, words in BOUNDS.items() if name in kind)


def _figure(bound: float) -> float:
    """Without a fraction of nothing."""
    return int(bound) if bound == int(bound) else bound
