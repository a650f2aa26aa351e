"""How messaging stands in this process: what `/health/messaging` answers.

Measured by a job and only remembered here: who asks, and how often, costs the database nothing.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chassis.messaging import relay
from chassis.messaging.consumers import Consumers
from chassis.messaging.relay import Backlog
from chassis.runtime.database import Pool

OLDEST_OUTBOX = 60.0  # seconds; the alarm of the panel *Outbox age*


@dataclass(slots=True)
class Standing:
    """`look` measures what only the database knows."""

    service: str
    pool: Pool
    consumers: Consumers
    backlog: Backlog | None = field(default=None, init=False)
    lag: Mapping[tuple[str, str, int], int] = field(default_factory=dict, init=False)

    async def look(self) -> None:
        """To be called every few seconds."""
        self.lag = await self.consumers.lag()
        self.backlog = await relay.measure(self.pool, self.service)

    async def told(self) -> tuple[bool, dict[str, Any]]:
        """Is it sound, and what there is to say: every consumer has partitions, and the outbox drains."""
        partitions = await self.consumers.partitions()
        heard = self.consumers.last_batch
        report: dict[str, Any] = {"partitions": partitions, "lag": self._lag_of_groups(partitions)}
        report["last_batch_seconds_ago"] = None if heard is None else round(time.time() - heard, 3)
        if self.backlog is None:
            return False, report | {"outbox": None, "unsendable": None}
        age = 0.0 if not self.backlog.oldest else max(time.time() - self.backlog.oldest, 0.0)
        report["outbox"] = {"pending": self.backlog.pending, "oldest_seconds": round(age, 3)}
        report["unsendable"] = self.backlog.unsendable
        return all(partitions.values()) and age < OLDEST_OUTBOX, report

    def _lag_of_groups(self, groups: Mapping[str, int]) -> dict[str, int]:
        return {group: sum(behind for (whose, _, _), behind in self.lag.items() if whose == group) for group in groups}
