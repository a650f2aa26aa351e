"""TMF622 order states: one table of transitions, and everything not in it is refused (TMF622 v4 state diagram)."""

from collections import deque

from contracts.orders import OrderState

EDGES: dict[OrderState, tuple[OrderState, ...]] = {
    "acknowledged": ("inProgress", "pending"),
    "inProgress": ("pending", "held", "assessingCancellation", "completed", "failed", "partial"),
    "pending": ("inProgress", "cancelled", "assessingCancellation"),
    "held": ("inProgress", "cancelled", "assessingCancellation"),
    "assessingCancellation": ("inProgress", "pending", "held", "pendingCancellation"),
    "pendingCancellation": ("cancelled",),
    "rejected": (),
    "cancelled": (),
    "completed": (),
    "failed": (),
    "partial": (),
}
FINAL: frozenset[OrderState] = frozenset(state for state, after in EDGES.items() if not after)


class NotATransition(ValueError):
    """TMF622 has no such change of state."""


def path(start: OrderState, goal: OrderState) -> list[OrderState]:
    """The states to go through from `start` to `goal`, `goal` included; empty when there already.

    Raises NotATransition when TMF622 has no way (a final state has none).
    """
    ways: deque[list[OrderState]] = deque([[start]])
    seen = {start}
    while ways:
        way = ways.popleft()
        if way[-1] == goal:
            return way[1:]
        for after in EDGES[way[-1]]:
            if after not in seen:
                seen.add(after)
                ways.append([*way, after])
    raise NotATransition(f"an order that is {start} cannot become {goal}")
