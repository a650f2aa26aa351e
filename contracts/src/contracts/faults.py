"""What pydantic finds, in the words of people who fill in forms: where, a stable code, what was given, what fits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import reduce
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from contracts.bounds import FAULTS

LONGEST_ECHO = 200  # characters of what was given
LONGEST_POINTER = 300
MOST_GUESSES = 20  # of what a misspelt field was meant to be: each costs more than all else of a fault
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
    return whole if len(whole) <= LONGEST_POINTER else whole[: LONGEST_POINTER - 1] + "…"


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
            return repr(value if len(value) <= LONGEST_ECHO else value[: LONGEST_ECHO - 1] + "…")
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case dict() | BaseModel():
            return "an object"
        case list() | tuple():
            return f"a list of {len(value)}"
    text = str(value)
    return text if len(text) <= LONGEST_ECHO else text[: LONGEST_ECHO - 1] + "…"


def told(
    errors: Sequence[Any], model: type[BaseModel] | None = None, expected: Mapping[str, str] | None = None
) -> list[Told]:
    """One fault for each of pydantic's errors; the first hundred of them in words.

    `model` is what was validated, so that a misspelt field can be told from those that exist; `expected` says for a
    field, by its name, what it takes.
    """
    listed = [_told(error, model, expected or {}, guess=at < MOST_GUESSES) for at, error in enumerate(errors[:FAULTS])]
    return listed + [Told(pointer(error["loc"]), code_of(error["type"]), "") for error in errors[FAULTS:]]


def more_faults(left_out: Sequence[str]) -> str:
    """What is said of faults that are not listed, by their codes; one of them may stand for others itself."""
    return f"{'more than ' if MORE in left_out else ''}{len(left_out)} more faults are not listed"


def code_of(kind: str) -> str:
    """The stable code for one of pydantic's kinds of errors."""
    if "-" in kind:  # a check of ours
        return kind
    return {"extra_forbidden": "unknown-field", "missing": "missing"}.get(kind) or _words_for(kind)[0]


def _told(error: Any, model: type[BaseModel] | None, expected: Mapping[str, str], *, guess: bool) -> Told:
    path, kind, context = error["loc"], error["type"], error.get("ctx") or {}
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    if kind == "extra_forbidden":
        return Told(pointer(path), "unknown-field", _unknown(str(path[-1]), fields_at(model, path[:-1]), guess=guess))
    words = expected.get(name, "") if path and path[-1] == name else ""
    if kind == "missing":
        return Told(pointer(path), "missing", f"{name} is missing" + (f"; expected {words}" if words else ""))
    if "-" in kind:  # a check of ours, in words of ours
        return Told(pointer(path), kind, error["msg"])
    code, say = _words_for(kind)
    return Told(pointer(path), code, say(error.get("input"), context, words))


def _unknown(name: str, fields: Sequence[str], *, guess: bool) -> str:
    near = get_close_matches(name[:100].casefold(), fields, n=1, cutoff=0.6) if guess else []
    meant = f"; did you mean {near[0]!r}?" if near else ""
    known = f"; the fields are {', '.join(fields)}" if fields else ""
    return f"there is no field {shown(name)} here{meant}{known}"


def fields_at(model: Any, path: Sequence[str | int]) -> tuple[str, ...]:
    """The fields of the object at `path` of a model; none where it cannot be followed."""
    for part in path:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part) if _is_model(model) else None
        if field is None:
            return ()
        model = _model_in(field.annotation)
    return tuple(model.model_fields) if _is_model(model) else ()


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _model_in(annotation: Any) -> Any:
    """`Address | None`, `tuple[Item, ...]`, and each of them in the other: the model inside."""
    if _is_model(annotation):
        return annotation
    return next((found for part in get_args(annotation) if _is_model(found := _model_in(part))), None)


Words = Callable[[Any, Mapping[str, Any], str], str]


def _expecting(what: str) -> Words:
    return lambda value, _, words: f"{shown(value)} does not fit; expected {words or what}"


def _too_long(value: Any, context: Mapping[str, Any], _: str) -> str:
    unit = "characters" if isinstance(value, str) else "entries"
    return f"{shown(value)} has {len(value)} {unit}; at most {context['max_length']} are taken"


def _too_short(value: Any, context: Mapping[str, Any], words: str) -> str:
    if not value:
        return "it is empty" + (f"; expected {words}" if words else "")
    return f"{shown(value)} is too short; at least {context['min_length']} are needed"


def _limit(word: str, key: str) -> Words:
    return lambda value, context, _: f"{shown(value)} does not fit; expected {word} {context[key]}"


_DATE = _expecting("a date such as 2027-01-18")
_INSTANT = _expecting("a date and time with its offset, as text, such as 2027-01-18T14:00:00Z")
_WORDS: dict[str, tuple[str, Words]] = {
    "string_type": ("not-a-text", _expecting("a text")),
    "string_too_long": ("too-long", _too_long),
    "string_too_short": ("empty", _too_short),
    "string_pattern_mismatch": ("ill-formed", _expecting("another form of text")),
    "blank": ("blank", _expecting("a name that shows something")),  # contracts.names
    "too_long": ("too-long", _too_long),
    "too_short": ("empty", _too_short),
    "greater_than_equal": ("too-small", _limit("at least", "ge")),
    "greater_than": ("too-small", _limit("more than", "gt")),
    "less_than_equal": ("too-large", _limit("at most", "le")),
    "less_than": ("too-large", _limit("less than", "lt")),
    "literal_error": ("unknown-value", lambda value, context, _: f"{shown(value)}: expected {context['expected']}"),
    "timezone_aware": ("no-offset", _INSTANT),
    "finite_number": ("not-an-amount", _expecting("an amount such as 12.50")),
}
# Other errors by the beginning of pydantic's name for them.
_KINDS: dict[str, tuple[str, Words]] = {
    "int_": ("not-a-whole-number", _expecting("a whole number")),
    "bool_": ("not-a-flag", _expecting("true or false")),
    "datetime_": ("not-an-instant", _INSTANT),
    "date_": ("not-a-date", _DATE),
    "decimal_": ("not-an-amount", _expecting("an amount such as 12.50")),
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
