"""How a command is declared: its name, its element sequence, its handler."""

from collections.abc import Callable
from dataclasses import dataclass

from broadworks_simulator.errors import TOO_MANY_ANSWERS, Refusal
from broadworks_simulator.numbering import dashed, runs
from broadworks_simulator.replies import Data
from broadworks_simulator.schema.fields import Fields
from broadworks_simulator.schema.particles import Particle, Sequence
from broadworks_simulator.sessions import Session, Sessions
from broadworks_simulator.settings import Settings
from broadworks_simulator.system import System


@dataclass(frozen=True, slots=True)
class Call:
    """One command to run: what was asked, by which session, of which system."""

    name: str
    fields: Fields
    system: System
    settings: Settings
    session: Session
    sessions: Sessions

    def spelled(self, number: str | None) -> str | None:
        """A number the way this BroadWorks writes it."""
        return dashed(number) if number and self.settings.dashed_numbers else number

    def spelled_runs(self, numbers: list[tuple[str, object]]) -> list[tuple[str, str]]:
        """Each row of a number table: its text and the first number in it."""
        spans = runs(numbers) if self.settings.coalesce_numbers else [(number, number) for number, _ in sorted(numbers)]
        return [
            (self.spelled(first) or "" if first == last else f"{self.spelled(first)} - {self.spelled(last)}", first)
            for first, last in spans
        ]

    def check_size(self, found: int) -> None:
        limit = self.fields.get("responseSizeLimit")
        if limit is not None and found > int(limit):
            raise Refusal(TOO_MANY_ANSWERS, limit)

    @property
    def response_name(self) -> str:
        return self.name.replace("Request", "Response")


Handler = Callable[[Call], Data | None]


@dataclass(frozen=True, slots=True)
class Command:
    sequence: Sequence
    handler: Handler
    changes: bool = False
    system_level: bool = False
    logs_in: bool = False


class Commands(dict[str, Command]):
    """Commands by type name; a command declared under several names keeps one handler."""

    def reads(self, *names: str, elements: tuple[Particle, ...] = ()) -> Callable[[Handler], Handler]:
        return self._declare(names, lambda handler: Command(Sequence(elements), handler))

    def changes(
        self, *names: str, elements: tuple[Particle, ...], system_level: bool = False
    ) -> Callable[[Handler], Handler]:
        return self._declare(
            names, lambda handler: Command(Sequence(elements), handler, changes=True, system_level=system_level)
        )

    def logs_in(self, *names: str, elements: tuple[Particle, ...]) -> Callable[[Handler], Handler]:
        return self._declare(names, lambda handler: Command(Sequence(elements), handler, logs_in=True))

    def _declare(self, names: tuple[str, ...], build: Callable[[Handler], Command]) -> Callable[[Handler], Handler]:
        def declare(handler: Handler) -> Handler:
            for name in names:
                if name in self:
                    raise ValueError(f"{name} is declared twice")
                self[name] = build(handler)
            return handler

        return declare
