"""Who owns a fact hears what is told of it, by whomever: a word that is not its own is answered with a newer true one.

Anybody who can write to the topic can tell a fact, and the newest counts. Only access rules of the broker keep others
from telling any; this keeps what they tell from lasting.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, TypeVar

import structlog
from prometheus_client import Counter

from chassis.messaging.unit import Unit
from chassis.runtime.database import Connection
from contracts.message import Fact

CONTRADICTED = Counter("facts_contradicted_total", "Facts that somebody told who does not own them.", ["fact"])
INSTANT = timedelta(microseconds=1)
F = TypeVar("F", bound=Fact)
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Truth(Generic[F]):
    """The owner's own table. `known` is what stands in it of these keys.

    `renewed` dates them anew, no earlier than told, writes that down and answers them: a later change is newer still.
    `ended` makes of a fact that stands nowhere one that says it is over; one that says so already stays as it is.
    """

    known: Callable[[Connection, Sequence[str]], Awaitable[Mapping[str, F]]]
    renewed: Callable[[Connection, Sequence[str], datetime], Awaitable[Sequence[F]]]
    ended: Callable[[F, datetime], F]

    async def watch(self, facts: Sequence[F], unit: Unit) -> Sequence[None]:
        """A handler of many, for the owner's own topic."""
        known = await self.known(unit.connection, sorted({fact.key for fact in facts}))
        false = [fact for fact in facts if self._is_false(fact, known.get(fact.key))]
        if false:
            at = max(unit.now, *(fact.changed_at + INSTANT for fact in false))
            unknown = {fact.key: fact for fact in false if fact.key not in known}
            renewed = await self.renewed(unit.connection, sorted({one.key for one in false} & known.keys()), at)
            for fact in (*renewed, *(self.ended(one, at) for one in unknown.values())):
                unit.emit(fact)
            unit.after.append(partial(_tell_of, false))
        return [None] * len(facts)

    def _is_false(self, fact: F, ours: F | None) -> bool:
        """An older word of ours, from before a change, comes late and counts nowhere."""
        if ours is None:
            return self.ended(fact, fact.changed_at) != fact
        return fact.changed_at >= ours.changed_at and fact.model_copy(update={"changed_at": ours.changed_at}) != ours


def _tell_of(false: Sequence[Fact]) -> None:
    for fact in false:
        CONTRADICTED.labels(type(fact).__name__).inc()
        log.warning("fact contradicted", fact=type(fact).__name__, key=fact.key, changed_at=fact.changed_at.isoformat())
