"""How messaging stands in this process: what `/health/messaging` answers.

Measured by a job and only remembered here: who asks, and how often, costs the database nothing.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.messaging import relay, waiting
from chassis.messaging.consumers import Consumers
from chassis.messaging.relay import Backlog
from chassis.messaging.waiting import Queue
from chassis.runtime.database import Pool

CONGESTED = 15.0  # seconds; well below the shortest deadline of a step
OLD = 30.0  # seconds after which a measure is no longer believed
OLDEST_OUTBOX = 60.0  # seconds; the alarm of the panel *Outbox age*


@dataclass(slots=True)
class Standing:
    """`look` measures what only the database knows; what was measured too long ago says nothing."""

    service: str
    pool: Pool
    consumers: Consumers
    backlog: Backlog | None = field(default=None, init=False)
    queue: Queue = field(default=Queue(), init=False)
    lag: Mapping[tuple[str, str, int], int] = field(default_factory=dict, init=False)
    looked: float = field(default=0.0, init=False)  # Unix time

    async def look(self) -> None:
        """To be called every few seconds."""
        self.lag = await self.consumers.lag()
        backlog = await relay.measure(self.pool, self.service)
        queue = await waiting.measure(self.pool, self.service)
        self.backlog, self.queue, self.looked = backlog, queue, time.time()

    def congested(self) -> bool:
        """Does what was read lie here, unanswered or not begun, for so long that no more should be read?

        What is not read then tells the others that silence is no sign. An old measure must not keep a door shut: while
        the database does not answer, no batch is done anyway.
        """
        if seconds_since(self.looked) > OLD:
            return False
        outbox = 0.0 if self.backlog is None else seconds_since(self.backlog.oldest)
        return max(outbox, seconds_since(self.queue.untouched)) > CONGESTED

    async def told(self) -> tuple[bool, dict[str, Any]]:
        """Is it sound, and what there is to say: every consumer has partitions, and the outbox drains."""
        partitions = await self.consumers.partitions()
        heard = self.consumers.last_batch
        report: dict[str, Any] = {"partitions": partitions, "lag": self._lag_of_groups(partitions)}
        report["last_batch_seconds_ago"] = None if heard is None else round(time.time() - heard, 3)
        if self.backlog is None:
            return False, report | {"outbox": None, "unsendable": None, "waiting": None}
        age = seconds_since(self.backlog.oldest)
        report["outbox"] = {"pending": self.backlog.pending, "oldest_seconds": round(age, 3)}
        report["unsendable"] = self.backlog.unsendable
        waits = seconds_since(self.queue.oldest)
        report["waiting"] = {"messages": self.queue.messages, "oldest_seconds": round(waits, 3)}
        measured = seconds_since(self.looked)
        report["measured_seconds_ago"] = round(measured, 3)
        return all(partitions.values()) and age < OLDEST_OUTBOX and measured <= OLD, report

    def _lag_of_groups(self, groups: Mapping[str, int]) -> dict[str, int]:
        return {group: sum(behind for (whose, _, _), behind in self.lag.items() if whose == group) for group in groups}


def seconds_since(moment: float) -> float:
    """0 for the moment 0, which says that there is nothing."""
    return max(time.time() - moment, 0.0) if moment else 0.0
