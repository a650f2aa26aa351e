"""How a saga is declared: an ordered list of stages, gates, one pivot and waits, on one screen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeAlias, TypeVar

from contracts.message import Command, Message

S = TypeVar("S")


def seconds(count: float) -> timedelta:
    return timedelta(seconds=count)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def always(_: object) -> bool:
    return True


@dataclass(frozen=True)
class Step(Generic[S]):
    """One command to one participant.

    `within` is the time to wait for an answer before the command is sent again, `tries` how often it is sent before the
    step counts as failed (before the pivot) or the undo as stuck. `leaves_traces` says that a refusal may come after
    part of the work was done, so a refused step is undone too.
    """

    name: str
    do: Callable[[S], Command]
    undo: Callable[[S], Command] | None = None
    when: Callable[[S], bool] = always
    within: timedelta = timedelta(minutes=1)
    tries: int = 5
    leaves_traces: bool = False


@dataclass(frozen=True)
class Stage(Generic[S]):
    """Steps that run side by side; the next part begins when all have succeeded."""

    steps: tuple[Step[S], ...]


@dataclass(frozen=True, slots=True)
class Held:
    """A gate's "not yet": why, in which order state, and until when (None: until somebody acts)."""

    reason: str
    state: str
    until: datetime | None = None


@dataclass(frozen=True)
class Gate(Generic[S]):
    """Holds the saga until `verdict` answers None; asked again when the subject changes and when `until` has come."""

    name: str
    verdict: Callable[[S, datetime], Held | None]


@dataclass(frozen=True, slots=True)
class Pivot:
    """Before it everything can be taken back, after it the saga only goes forward."""


@dataclass(frozen=True)
class Wait(Generic[S]):
    """Something that people or stock must do. `ask` heals a lost signal: it is sent every `every`."""

    name: str
    waiting: Callable[[S], bool]
    ask: Callable[[S], Command]
    every: timedelta = timedelta(minutes=5)


@dataclass(frozen=True)
class Waits(Generic[S]):
    """Waits side by side; the next part begins when none is waiting."""

    waits: tuple[Wait[S], ...]


Part: TypeAlias = Stage[S] | Gate[S] | Pivot | Waits[S]


@dataclass(frozen=True)
class Saga(Generic[S]):
    """`absorb` folds a reply or an event into the subject; `parts` run in order. `version` is stored with each run."""

    name: str
    version: int
    absorb: Callable[[S, Message], S]
    parts: tuple[Part[S], ...]

    def __post_init__(self) -> None:
        names = [step.name for step in self.steps()]
        if len(names) != len(set(names)):
            raise ValueError(f"two steps of {self.name} share a name")
        pivots = [part for part in self.parts if isinstance(part, Pivot)]
        if len(pivots) != 1:
            raise ValueError(f"{self.name} has {len(pivots)} pivots; it needs one")
        late = [
            step.name
            for part in self.parts[self.pivot :]
            if isinstance(part, Stage)
            for step in part.steps
            if step.undo
        ]
        if late:
            raise ValueError(f"{self.name} has undos after the pivot: {', '.join(late)}")

    @property
    def pivot(self) -> int:
        """The index of the pivot among the parts."""
        return next(index for index, part in enumerate(self.parts) if isinstance(part, Pivot))

    def steps(self) -> tuple[Step[S], ...]:
        return tuple(step for part in self.parts if isinstance(part, Stage) for step in part.steps)

    def step(self, name: str) -> Step[S]:
        """Raises StopIteration for a name that is no step of this version."""
        return next(step for step in self.steps() if step.name == name)
