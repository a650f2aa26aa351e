"""How a saga is declared: an ordered list of stages, gates, one pivot and waits, on one screen."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Generic, TypeAlias, TypeVar

from contracts.errors import CommandFailed, StepAlreadyUndone
from contracts.message import Command, Event, Message, Refusal, Reply

S = TypeVar("S")


def minutes(count: float) -> timedelta:
    """For the deadlines of a declaration, which are in real time."""
    return timedelta(minutes=count)


def always(_: object) -> bool:
    """The condition of a step that no order leaves out."""
    return True


ALWAYS_POSSIBLE: tuple[type[Reply], ...] = (CommandFailed, StepAlreadyUndone)


@dataclass(frozen=True)
class Step(Generic[S]):
    """One command to one participant, and the replies that it may get.

    `done` answers `do` and `undone` answers `undo` when all went well; `refused` are the typed refusals. Every step may
    get `CommandFailed` and `StepAlreadyUndone` too. `within` is the time to wait for an answer before the command is
    sent again, `tries` how often it is sent before the step counts as failed (before the pivot) or the undo as stuck.
    `leaves_traces` says that a refusal may come after part of the work was done, so a refused step is undone too.
    `again` is for a step of `Waits`: once answered it begins anew whenever `when` holds. What it asks for may change
    only with its answers, so that a command that is sent again is the same one.
    """

    name: str
    do: Callable[[S], Command]
    done: type[Reply]
    undo: Callable[[S], Command] | None = None
    undone: type[Reply] | None = None
    refused: tuple[type[Refusal], ...] = ()
    when: Callable[[S], bool] = always
    within: timedelta = timedelta(minutes=1)
    tries: int = 5
    leaves_traces: bool = False
    again: bool = False

    def replies(self, direction: str) -> tuple[type[Reply], ...]:
        """What may answer its command in this direction, `do` or `undo`."""
        well = self.done if direction == "do" else self.undone
        return (*((well,) if well else ()), *self.refused, *ALWAYS_POSSIBLE)


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
    """Something that people or stock must do; `signal` is the event that tells that it was done.

    `ask` heals a lost signal: it is sent every `every`, and `answer` is the reply to it.
    """

    name: str
    waiting: Callable[[S], bool]
    ask: Callable[[S], Command]
    answer: type[Reply]
    signal: type[Event]
    every: timedelta = timedelta(minutes=5)


@dataclass(frozen=True)
class Waits(Generic[S]):
    """Waits side by side; `steps` make use of what comes meanwhile, each as soon as its `when` holds.

    The next part begins when none is waiting, and no step is left to do.
    """

    waits: tuple[Wait[S], ...]
    steps: tuple[Step[S], ...] = ()


Part: TypeAlias = Stage[S] | Gate[S] | Pivot | Waits[S]


def _steps(part: Part[S]) -> tuple[Step[S], ...]:
    return part.steps if isinstance(part, Stage | Waits) else ()


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
        late = [step.name for part in self.parts[self.pivot :] for step in _steps(part) if step.undo]
        if late:
            raise ValueError(f"{self.name} has undos after the pivot: {', '.join(late)}")
        silent = [step.name for step in self.steps() if (step.undo is None) != (step.undone is None)]
        if silent:
            raise ValueError(f"{self.name} has undos without an answer, or the reverse: {', '.join(silent)}")
        if any(isinstance(part, Waits) for part in self.parts[: self.pivot]):
            raise ValueError(f"{self.name} waits before its pivot, where a gate holds it")
        once = [step.name for part in self.parts if isinstance(part, Stage) for step in part.steps if step.again]
        if once:
            raise ValueError(f"{self.name} has stages with steps that begin anew: {', '.join(once)}")

    @cached_property
    def pivot(self) -> int:
        """The index of the pivot among the parts."""
        return next(index for index, part in enumerate(self.parts) if isinstance(part, Pivot))

    def steps(self) -> tuple[Step[S], ...]:
        """In the order of their parts."""
        return tuple(step for part in self.parts for step in _steps(part))

    def waits(self) -> tuple[Wait[S], ...]:
        """In the order of their parts."""
        return tuple(wait for part in self.parts if isinstance(part, Waits) for wait in part.waits)

    def replies(self) -> frozenset[type[Reply]]:
        """Every reply that a step or a question of this saga may get."""
        of_steps = {kind for step in self.steps() for way in ("do", "undo") for kind in step.replies(way)}
        return frozenset(of_steps | {wait.answer for wait in self.waits()})

    def signals(self) -> frozenset[type[Event]]:
        """Every event that this saga may be waiting for."""
        return frozenset(wait.signal for wait in self.waits())

    def step(self, name: str) -> Step[S]:
        """Raises KeyError for a name that is no step of this version."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Step[S]]:
        return {step.name: step for step in self.steps()}
