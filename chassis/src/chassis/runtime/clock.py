"""Business time: what date it is for orders, gates, holds, aging, billing and due dates.

It may run ahead of real time by a setting, for demonstrations and tests. Deadlines, retries and leases use real time.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True, slots=True)
class Clock:
    """`ahead` is how far business time is ahead of real time; zero in production."""

    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The present moment of business time, aware, in UTC."""
        return datetime.now(UTC) + self.ahead
