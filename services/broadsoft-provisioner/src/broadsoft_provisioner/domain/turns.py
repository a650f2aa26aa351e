"""Places in BroadWorks that one order at a time works at, and what it is told when somebody else does."""

from collections.abc import Awaitable, Callable, Iterable

from chassis.errors import Transient

Permission = Callable[[], Awaitable[None]]  # raises when it is not given: TurnOver


class TurnOver(Transient):
    """Our turn was over before the work was; somebody else may have gone on."""

    code = "turn-over"


class PlaceTaken(Transient):
    """Another order is being worked on there."""

    code = "place-taken"


def enterprise(provider: str) -> str:
    """Guests work in groups of it; who builds it, or takes something back, is alone there."""
    return f"enterprise/{provider}"


def group(provider: str, group_id: str) -> str:
    return f"group/{provider}/{group_id}"


def domain(name: str) -> str:
    """Of the whole system: orders of several enterprises may rely on one. Who takes it back is alone with it."""
    return f"domain/{name.lower()}"


def building(provider: str, group_id: str, domain_name: str, *, new: bool) -> dict[str, bool]:
    """The places of an order that builds, of a `new` enterprise or in one that stands; True is to be alone."""
    return {enterprise(provider): new, group(provider, group_id): True, domain(domain_name): False}


def adding(provider: str, group_id: str) -> dict[str, bool]:
    """The places of an order that adds numbers to a group that stands."""
    return {enterprise(provider): False, group(provider, group_id): True}


def taking_back(provider: str, domains: Iterable[str]) -> dict[str, bool]:
    """`domains` are those that the order has made."""
    return {enterprise(provider): True, **dict.fromkeys(map(domain, domains), True)}
