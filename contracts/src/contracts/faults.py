"""What pydantic finds, in the words of people who fill in forms: where, a stable code, what was given, what fits."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import reduce
from operator import getitem
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from contracts.bounds import EARLIEST, FAULTS, LATEST
from contracts.cutting import beginning
from contracts.echo import cut, quoted
from contracts.wanted import AMOUNT, DATE, FLAG, INSTANT, WHOLE, wanted, wanted_entry

LONGEST_POINTER = 300
MOST_GUESSES = 20  # of what a misspelt field was meant to be: each costs more than all else of a fault
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Of days and moments, whose bounds pydantic tells as texts.
BEYOND = {"greater_than_equal": "too-early", "less_than_equal": "too-late"}
ENDS_OF_TIME = {moment.date().isoformat() for moment in (EARLIEST, LATEST)}
OF_JSON = (str, int, float, list, dict, type(None))
MORE = "more-faults"  # the code of the fault that counts those that are not listed


class Told(NamedTuple):
    """A fault on its way into a problem document or a rejection.

    Beyond the first hundred, which are listed, one is only counted: it needs no words.
    """

    pointer: str
    code: str
    detail: str


def pointer(path: Sequence[str | int]) -> str:
    """RFC 6901: `""` is the whole document; `~` and `/` in names are escaped. A very long one is cut."""
    return reduce(inside, path, "")


def inside(at: str, part: str | int) -> str:
    """The pointer of a part of what is at `at`. However deep that is, it costs the same."""
    whole = f"{at}/{str(part)[:LONGEST_POINTER].replace('~', '~0').replace('/', '~1')}"
    return beginning(whole, LONGEST_POINTER)


def above(at: str) -> Iterator[str]:
    """The place itself and all that it is in, up to the whole document."""
    end = len(at)
    while end >= 0:
        yield at[:end]
        end = at.rfind("/", 0, end)


def shown(value: Any) -> str:
    """What was given, quoted and cut to 200 characters; of lists and objects only what they are."""
    match value:
        case str():
            return quoted(value)
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case dict() | BaseModel():
            return "an object"
        case list() | tuple():
            return f"a list of {len(value)}"
    return cut(str(value))


def told(
    errors: Sequence[Any], model: type[BaseModel] | None = None, expected: Mapping[str, str] | None = None
) -> list[Told]:
    """One fault for each of pydantic's errors; the first hundred of them in words.

    `model` is what was validated, so that a misspelt field can be told from those that exist; `expected` says for a
    field, by its name, what it takes. By the name of what it is in, a slash and its name, it says all of it: no other
    limit is told.
    """
    listed = [_told(error, model, expected or {}, guess=at < MOST_GUESSES) for at, error in enumerate(errors[:FAULTS])]
    return listed + [Told(pointer(error["loc"]), code_of(error), "") for error in errors[FAULTS:]]


def as_sent(errors: Sequence[Any], document: Any) -> list[Any]:
    """With what stands in the document itself, of which pydantic has read a copy, or made a length of time."""
    return [error if (found := _sent(document, error)) is None else {**error, "input": found} for error in errors]


def _sent(document: Any, error: Any) -> Any:
    """None where it is what pydantic tells of; of JSON, only numbers are known by another text than their own."""
    try:
        found = reduce(getitem, error["loc"], document)
    except (LookupError, TypeError):
        return None
    return found if isinstance(found, float) or not isinstance(error["input"], OF_JSON) else None


def more_faults(left_out: Sequence[str]) -> str:
    """What is said of faults that are not listed, by their codes; one of them may stand for others itself."""
    return f"{'more than ' if MORE in left_out else ''}{len(left_out)} more faults are not listed"


def code_of(error: Any) -> str:
    """The stable code for one of pydantic's errors."""
    kind: str = error["type"]
    if "-" in kind:  # a check of ours
        return kind
    if kind in BEYOND and any(isinstance(bound, str) for bound in error["ctx"].values()):
        return BEYOND[kind]
    return {"extra_forbidden": "unknown-field", "missing": "missing"}.get(kind) or _words_for(kind)[0]


def _told(error: Any, model: type[BaseModel] | None, expected: Mapping[str, str], *, guess: bool) -> Told:
    path, kind, value = error["loc"], error["type"], error.get("input")
    place, code = pointer(path), code_of(error)
    holder, name = ["", "", *(part for part in path if isinstance(part, str))][-2:]
    if kind == "extra_forbidden":
        return Told(place, code, _unknown(str(path[-1]), fields_at(model, path[:-1]), guess=guess))
    here = expected.get(f"{holder}/{name}") if path and path[-1] == name else None
    words = here or (expected.get(name) if path and path[-1] == name else None) or _wanted(model, path)
    if kind == "missing":
        words = words or ("" if path else f"an object with {', '.join(fields_at(model, path))}")
        return Told(place, code, f"{name or 'the body'} is missing" + (f"; expected {words}" if words else ""))
    if "-" in kind:  # a check of ours, in words of ours
        return Told(place, code, error["msg"])
    if here:
        return Told(place, code, _misfit(value, here))
    _, say = _words_for(kind)
    return Told(place, code, say(value, error.get("ctx") or {}, words))


def _unknown(name: str, fields: Sequence[str], *, guess: bool) -> str:
    near = get_close_matches(name[:100].casefold(), fields, n=1, cutoff=0.6) if guess else []
    meant = f"; did you mean {quoted(near[0])}?" if near else ""
    known = f"; the fields are {', '.join(fields)}" if fields else ""
    return f"there is no field {shown(name)} here{meant}{known}"


def fields_at(model: Any, path: Sequence[str | int]) -> tuple[str, ...]:
    """The fields of the object at `path` of a model; none where it cannot be followed."""
    found = _model_at(model, path)
    return tuple(found.model_fields) if found else ()


def _wanted(model: Any, path: Sequence[str | int]) -> str:
    """Of a field, or of an entry of its list."""
    named = [part for part in path if isinstance(part, str)]
    holder = _model_at(model, named[:-1]) if named else None
    if holder is None:
        return ""
    return wanted(holder, named[-1]) if path[-1] == named[-1] else wanted_entry(holder, named[-1])


def _model_at(model: Any, path: Sequence[str | int]) -> type[BaseModel] | None:
    for part in path:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part) if _is_model(model) else None
        if field is None:
            return None
        model = _model_in(field.annotation)
    return model if _is_model(model) else None


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _model_in(annotation: Any) -> Any:
    """`Address | None`, `tuple[Item, ...]`, and each of them in the other: the model inside."""
    if _is_model(annotation):
        return annotation
    return next((found for part in get_args(annotation) if _is_model(found := _model_in(part))), None)


Words = Callable[[Any, Mapping[str, Any], str], str]


def _misfit(value: Any, expected: str) -> str:
    return f"{shown(value)} does not fit; expected {expected}"


def _expecting(what: str) -> Words:
    return lambda value, _, words: _misfit(value, words or what)


def _no_text(value: Any, _: Mapping[str, Any], words: str) -> str:
    """What it holds may fit: then only how it is written is wrong."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _misfit(value, words or "a text")
    return f"{shown(value)} is written as a number; expected text, in quotes" + (f": {words}" if words else "")


def _no_date(value: Any, _: Mapping[str, Any], words: str) -> str:
    if isinstance(value, str) and DAY.fullmatch(value):
        return f"{shown(value)} is no day of the calendar; expected {words or DATE}"
    return _misfit(value, words or DATE)


def _too_long(value: Any, context: Mapping[str, Any], _: str) -> str:
    unit = "characters" if isinstance(value, str) else "entries"
    return f"{shown(value)} has {len(value)} {unit}; at most {context['max_length']} are taken"


def _too_short(value: Any, context: Mapping[str, Any], words: str) -> str:
    if not value:
        return "it is empty" + (f"; expected {words}" if words else "")
    return f"{shown(value)} is too short; at least {context['min_length']} are needed"


def _limit(word: str, key: str) -> Words:
    def say(value: Any, context: Mapping[str, Any], words: str) -> str:
        # The ends of the calendar are nobody's limit, and who hears of one bound alone may break the other.
        bound = str(context[key])
        limit = words if bound[:10] in ENDS_OF_TIME or bound in words else f"{word} {bound}"
        return _misfit(value, limit)

    return say


def _of_another_form(value: Any, context: Mapping[str, Any], words: str) -> str:
    return _misfit(value, words or f"a text that fits {context.get('pattern')}")


_INSTANT = _expecting(INSTANT)
_WORDS: dict[str, tuple[str, Words]] = {
    "string_type": ("not-a-text", _no_text),
    "string_too_long": ("too-long", _too_long),
    "string_too_short": ("empty", _too_short),
    "string_pattern_mismatch": ("ill-formed", _of_another_form),
    "blank": ("blank", _expecting("a text that shows something")),  # contracts.names
    "too_long": ("too-long", _too_long),
    "too_short": ("empty", _too_short),
    "greater_than_equal": ("too-small", _limit("at least", "ge")),
    "greater_than": ("too-small", _limit("more than", "gt")),
    "less_than_equal": ("too-large", _limit("at most", "le")),
    "less_than": ("too-large", _limit("less than", "lt")),
    "literal_error": ("unknown-value", lambda value, context, _: f"{shown(value)}: expected {context['expected']}"),
    "timezone_aware": ("no-offset", _INSTANT),
    "finite_number": ("not-an-amount", _expecting(AMOUNT)),
}
# Other errors by the beginning of pydantic's name for them.
_KINDS: dict[str, tuple[str, Words]] = {
    "int_": ("not-a-whole-number", _expecting(WHOLE)),
    "bool_": ("not-a-flag", _expecting(FLAG)),
    "datetime_": ("not-an-instant", _INSTANT),
    "date_": ("not-a-date", _no_date),
    "decimal_": ("not-an-amount", _expecting(AMOUNT)),
    "model_": ("not-an-object", _expecting("an object")),
    "dict_": ("not-an-object", _expecting("an object")),
    "list_": ("not-a-list", _expecting("a list")),
    "tuple_": ("not-a-list", _expecting("a list")),
}
_OTHER: tuple[str, Words] = ("not-accepted", _expecting("another value"))


def _words_for(kind: str) -> tuple[str, Words]:
    if kind in _WORDS:
        return _WORDS[kind]
    return next((found for start, found in _KINDS.items() if kind.startswith(start)), _OTHER)
