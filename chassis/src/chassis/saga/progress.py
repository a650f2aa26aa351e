"""Where one run of an order stands. Plain data; stored as JSON beside the order."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pydantic import TypeAdapter

from contracts.message import Command

Phase = Literal["running", "undoing", "completed", "compensated", "stuck"]
Status = Literal["doing", "done", "refused", "failed", "undoing", "undone"]
Ending = Literal["fallout", "cancelled"]


@dataclass(frozen=True, slots=True)
class StepState:
    """`tries` counts sends of the present command; `attempt` numbers commands that were answered "no" and sent anew."""

    status: Status
    tries: int = 1
    attempt: int = 1
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the time line an operator reads."""

    at: datetime
    what: str
    step: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a run is being undone, was, or is stuck."""

    code: str
    detail: str
    step: str = ""


@dataclass
class Progress:
    """`at` is the index of the present part. `due` (real time) is when the engine must be asked again, None when never.

    `blocked` are the steps whose message can never be sent, with the reason, while the run is stuck because of them.
    `held`, `held_state` and `held_until` (business time) are the gate's answer. Nobody assigns to its fields
    (tests/house); it is not frozen, because the engine makes some forty of them per order and freezing triples their
    price.
    """

    saga: str
    version: int
    run: int
    at: int = 0
    phase: Phase = "running"
    steps: dict[str, StepState] = field(default_factory=dict)
    asked: dict[str, datetime] = field(default_factory=dict)
    held: str = ""
    held_state: str = ""
    held_until: datetime | None = None
    ending: Ending | None = None
    reason: Reason | None = None
    blocked: dict[str, Reason] = field(default_factory=dict)
    due: datetime | None = None
    timeline: tuple[Entry, ...] = ()

    def but(self, **changes: Any) -> "Progress":
        """A copy with other values."""
        return Progress(**{**self.__dict__, **changes})

    def noted(self, at: datetime, what: str, step: str = "", detail: str = "") -> "Progress":
        """With another line in the time line."""
        return self.but(timeline=(*self.timeline, Entry(at, what, step, detail)))

    def with_step(self, name: str, state: StepState) -> "Progress":
        """With another state of a step."""
        return self.but(steps={**self.steps, name: state})


@dataclass(frozen=True, slots=True)
class Sending:
    """A command on its way. `attempt` is part of its id, so a re-send is the same message and a new attempt is not."""

    command: Command
    step: str
    direction: Literal["do", "undo", "ask"]
    attempt: int


_ADAPTER: TypeAdapter[Progress] = TypeAdapter(Progress)


def encode(progress: Progress) -> str:
    """As JSON text, for the row of the order."""
    return _ADAPTER.dump_json(progress).decode()


def decode(text: str | bytes) -> Progress:
    """Raises pydantic.ValidationError for what `encode` has not made."""
    return _ADAPTER.validate_json(text)
