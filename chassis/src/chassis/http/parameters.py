"""Query parameters that a route does not know, or knows once and gets twice: silently ignored they would be a trap."""

import difflib
from collections.abc import Iterator
from typing import Any

from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from starlette.datastructures import QueryParams

from chassis.http.problems import Problem

LONGEST_SHOWN = 200


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


def faults(sent: QueryParams, known: dict[str, bool]) -> Iterator[dict[str, str]]:
    """Each with what was sent and what would be accepted, the most alike first."""
    for name in dict.fromkeys(name for name, _ in sent.multi_items()):
        values = sent.getlist(name)
        if name not in known:
            yield _fault(
                name, "unknown-parameter", f"{_cut(name)} is not known here{_sent(values)}; {_choice(name, known)}"
            )
        elif len(values) > 1 and not known[name]:
            yield _fault(name, "repeated-parameter", f"{_cut(name)} can be given once{_sent(values)}")


def require_known(sent: QueryParams, known: dict[str, bool]) -> None:
    """Raises Problem 422 with every fault."""
    found = list(faults(sent, known))
    if found:
        detail = "Every fault is listed in `errors`."
        raise Problem(422, "invalid", "The request breaks a rule.", detail, errors=found)


def _fault(name: str, code: str, detail: str) -> dict[str, str]:
    return {"pointer": f"/query/{_cut(name).replace('~', '~0').replace('/', '~1')}", "code": code, "detail": detail}


def _choice(name: str, known: dict[str, bool]) -> str:
    if not known:
        return "this path takes no parameters"
    alike = sorted(known, key=lambda one: -difflib.SequenceMatcher(None, name[:LONGEST_SHOWN], one).ratio())
    return f"known are {', '.join(alike)}"


def _sent(values: list[str]) -> str:
    return f" (sent: {', '.join(repr(_cut(value)) for value in values[:5])})"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
