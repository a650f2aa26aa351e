"""What stands in the address of a request: names in its path, and query parameters.

Parameters that a route does not know, or knows once and gets twice, would be a trap if they were silently ignored.
"""

import difflib
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from starlette.datastructures import QueryParams

from chassis.http.problems import Problem, invalid
from contracts.bounds import FAULTS, MESSAGE_ID
from contracts.faults import MOST_GUESSES, shown

LONGEST_SHOWN = 200
UNKNOWN = "unknown-parameter"


def known_to(dependant: Dependant) -> dict[str, bool]:
    """The query parameters of a route and its dependencies; True for those that may come several times."""
    fields = [field for field in get_flat_params(dependant) if isinstance(field.field_info, Query)]
    return {field.alias: is_many(field.field_info.annotation) for field in fields}


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
        code, detail = "repeated-parameter", f"{_cut(name)} can be given once{_sent(values)}"
    else:
        choice = _choice(known if not guess else _alike(name, known))
        code, detail = UNKNOWN, f"{_cut(name)} is not known here{_sent(values)}; {choice}"
    return {"pointer": f"/query/{_cut(name).replace('~', '~0').replace('/', '~1')}", "code": code, "detail": detail}


def _choice(known: Collection[str]) -> str:
    return f"known are {', '.join(known)}" if known else "this path takes no parameters"


def _alike(name: str, known: Collection[str]) -> list[str]:
    return sorted(known, key=lambda one: -difflib.SequenceMatcher(None, name[:LONGEST_SHOWN], one).ratio())


def _sent(values: list[str]) -> str:
    return f" (sent: {', '.join(repr(_cut(value)) for value in values[:5])})"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
