"""How a test changes the world, and what the rules say of it then."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from dialtone.invariants import rows
from dialtone.invariants.broadworks import Group
from dialtone.invariants.catalog_rows import Posting
from dialtone.invariants.checker import check
from dialtone.invariants.snapshot import Snapshot

from .made import a_published_line

R = TypeVar("R", bound=tuple[Any, ...])
Change = Callable[[Snapshot], object]


class Break(NamedTuple):
    """What is changed in the world, and the one sentence that its rule yields then."""

    rule: str
    sentence: str
    change: Change


def broken(at: Snapshot) -> dict[str, list[str]]:
    return {one.rule.name: list(one.broken) for one in check(at).results if one.broken}


def edit(found: list[R], where: dict[str, Any], **changes: Any) -> None:
    """Changes every row of the list that has these facts; there must be one."""
    chosen = _chosen(found, where)
    for place in chosen:
        found[place] = found[place]._replace(**changes)


def drop(found: list[R], **where: Any) -> None:
    for place in reversed(_chosen(found, where)):
        del found[place]


def _chosen(found: list[R], where: dict[str, Any]) -> list[int]:
    chosen = [at for at, row in enumerate(found) if all(getattr(row, name) == fact for name, fact in where.items())]
    assert chosen, where
    return chosen


def order(at: Snapshot, name: str, **changes: Any) -> None:
    at.orders[name] = at.orders[name]._replace(**changes)


def group(at: Snapshot) -> Group:
    """That of the order `hosted`."""
    return at.broadworks.enterprises["sp-1"].groups["g-hosted"]


def use(at: Snapshot, order_id: str, resource: str) -> None:
    at.uses.append(rows.Use(order_id, resource))


def post(at: Snapshot, *postings: Posting) -> None:
    """Posted, and published."""
    at.postings += postings
    at.published += map(a_published_line, postings)
