"""What stands in the address of a request: names in its path, and query parameters.

Parameters that a route does not know, or knows once and gets twice, would be a trap if they were silently ignored.
"""

import difflib
import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Annotated, Any, cast

from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from pydantic import BeforeValidator, TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import PydanticKnownError
from starlette.datastructures import QueryParams

from chassis.http.problems import Problem, invalid
from contracts.bounds import FAULTS, MESSAGE_ID
from contracts.echo import LONGEST_ECHO, cut, quoted
from contracts.faults import MOST_GUESSES, shown
from contracts.wanted import WHOLE, in_words

DIGITS = re.compile("-?[0-9]+")
UNKNOWN = "unknown-parameter"


def in_digits(value: Any) -> Any:
    """Of a number in an address; Python would read blanks, a plus sign and underscores as well."""
    if isinstance(value, str) and not DIGITS.fullmatch(value):
        raise PydanticKnownError("int_parsing")
    return value


IN_DIGITS = BeforeValidator(in_digits)  # behind the bounds, or the schema does not tell them
Sought = Annotated[str | None, Query(min_length=1)]  # an empty text would find nothing, without a word


def taken_by(dependant: Dependant) -> dict[str, str]:
    """What the numbers and texts of a query take, by `query/<name>`."""
    words = {field.alias: in_words(schema_of(field.field_info)) for field in queries(dependant)}
    return {f"query/{name}": said for name, said in words.items() if said.startswith((WHOLE, "a text"))}


def schema_of(field: FieldInfo) -> dict[str, Any]:
    """Its JSON schema, with its bounds."""
    return TypeAdapter[Any](cast(Any, Annotated[field.annotation, "", *field.metadata])).json_schema()


def queries(dependant: Dependant) -> list[ModelField]:
    """The query parameters of a route and its dependencies."""
    return [field for field in get_flat_params(dependant) if isinstance(field.field_info, Query)]


def known_to(dependant: Dependant) -> dict[str, bool]:
    """The query parameters of a route and its dependencies; True for those that may come several times."""
    return {field.alias: is_many(field.field_info.annotation) for field in queries(dependant)}


def is_many(annotation: Any) -> bool:
    """A list, or a union with one."""
    options = getattr(annotation, "__args__", ())
    origin = getattr(annotation, "__origin__", annotation)
    many = (list, tuple, set, frozenset)
    return origin in many or (origin not in many and any(is_many(one) for one in options))


def require_names(named: Mapping[str, str]) -> None:
    """Raises Problem 404 for a name in the path that is longer than our longest: what routes then echo is bounded."""
    for kind, name in named.items():
        if len(name) > MESSAGE_ID:
            detail = f"No {kind} has {len(name):,} characters; the path names {shown(name)}."
            raise Problem(404, "not-found", "There is nothing here.", detail)


def are_known(sent: QueryParams, known: dict[str, bool]) -> bool:
    """Is nothing wrong with them? Without a word: it is asked before the key."""
    names = [name for name, _ in sent.multi_items()]
    return known.keys() >= set(names) and all(known[name] for name, count in Counter(names).items() if count > 1)


def require_known(sent: QueryParams, known: dict[str, bool]) -> None:
    """Raises Problem 422 with every fault: what was sent and what would be accepted, the most alike first."""
    values: dict[str, list[str]] = {}
    for name, value in sent.multi_items():
        values.setdefault(name, []).append(value)
    wrong = [name for name, given in values.items() if name not in known or (len(given) > 1 and not known[name])]
    if wrong:
        listed = [_fault(name, values[name], known, guess=at < MOST_GUESSES) for at, name in enumerate(wrong[:FAULTS])]
        more = [{"pointer": "", "code": UNKNOWN, "detail": ""}] * (len(wrong) - len(listed))
        raise invalid(listed + more)


def _fault(name: str, values: list[str], known: dict[str, bool], *, guess: bool) -> dict[str, str]:
    if name in known:
        code, detail = "repeated-parameter", f"{cut(name)} can be given once{_sent(values)}"
    else:
        choice = _choice(known if not guess else _alike(name, known))
        code, detail = UNKNOWN, f"{cut(name)} is not known here{_sent(values)}; {choice}"
    return {"pointer": f"/query/{cut(name).replace('~', '~0').replace('/', '~1')}", "code": code, "detail": detail}


def _choice(known: Collection[str]) -> str:
    return f"known are {', '.join(known)}" if known else "this path takes no parameters"


def _alike(name: str, known: Collection[str]) -> list[str]:
    return sorted(known, key=lambda one: -difflib.SequenceMatcher(None, name[:LONGEST_ECHO], one).ratio())


def _sent(values: list[str]) -> str:
    return f" (sent: {', '.join(map(quoted, values[:5]))})"
