"""The life of a ticket in TMF621's states: one table, and everything that is not in it is refused."""

from collections.abc import Mapping
from typing import Literal

State = Literal["acknowledged", "inProgress", "pending", "held", "resolved", "closed", "cancelled", "rejected"]

OPEN: tuple[State, ...] = ("acknowledged", "inProgress", "pending", "held")
ENDED: tuple[State, ...] = ("resolved", "closed", "cancelled", "rejected")

# A replay of the order wants the work again: what was cancelled comes back, and so does what was resolved before.
NEXT: Mapping[State, frozenset[State]] = {
    "acknowledged": frozenset({"inProgress", "pending", "held", "resolved", "closed", "cancelled", "rejected"}),
    "inProgress": frozenset({"pending", "held", "resolved", "closed", "cancelled"}),
    "pending": frozenset({"inProgress", "held", "resolved", "closed", "cancelled"}),
    "held": frozenset({"inProgress", "pending", "resolved", "closed", "cancelled"}),
    "resolved": frozenset({"acknowledged"}),
    "closed": frozenset(),
    "cancelled": frozenset({"acknowledged"}),
    "rejected": frozenset(),
}


class NotAllowed(ValueError):
    """The ticket cannot become what was asked; `code` is stable."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def move(state: State, to: State) -> State:
    """Raises NotAllowed when the table has no such move."""
    if to not in NEXT[state]:
        raise NotAllowed("ticket-ended" if state in ENDED else "no-such-move", f"A {state} ticket cannot be {to}.")
    return to
