"""Counts for the gauges."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from chassis.runtime.database import Pool

FIRST = datetime(2000, 1, 1, tzinfo=UTC)  # before any order
LATEST = timedelta(minutes=5)  # no transaction of ours takes so long
# Unfinished orders by state and phase, with the submit time of the oldest.
OPEN_ORDERS = """
SELECT state, phase, count(*) AS count, coalesce(extract(epoch FROM min(submitted_at)), 0)::float8 AS oldest
FROM orders WHERE ended_at IS NULL GROUP BY state, phase
"""
# Orders that have ended since a moment, by state; and whether none can be added any more that ended when they did.
ENDED_ORDERS = """
SELECT until, state, ended_at <= until AS settled, count(order_id) AS count
FROM (SELECT now() - $2::interval AS until) AS moment LEFT JOIN orders ON ended_at > $1
GROUP BY until, state, settled
"""
# Dead letters that wait for a person, by service, with the time of the oldest.
OPEN_LETTERS = """
SELECT service, count(*) AS count, extract(epoch FROM min(failed_at))::float8 AS oldest
FROM dead_letters WHERE state = 'open' GROUP BY service
"""


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """`oldest` is in seconds since 1970."""

    state: str
    phase: str
    count: int
    oldest: float


@dataclass(frozen=True, slots=True)
class OpenLetters:
    """`oldest` is in seconds since 1970."""

    service: str
    count: int
    oldest: float


async def open_orders(pool: Pool) -> list[OpenOrders]:
    """Orders that have not ended."""
    return [OpenOrders(*row) for row in await pool.fetch(OPEN_ORDERS)]


class EndedOrders:
    """How many orders have ended, by state. Who has ended stays so: only what is new is counted, once all at the start.

    An order ends at the beginning of its transaction, and is seen at its end: until `LATEST` later it may yet come.
    """

    def __init__(self) -> None:
        self._settled: Counter[str] = Counter()
        self._until = FIRST

    async def count(self, pool: Pool) -> dict[str, int]:
        """State to how many, by now."""
        rows = await pool.fetch(ENDED_ORDERS, self._until, LATEST)
        self._settled += Counter({row["state"]: row["count"] for row in rows if row["settled"]})
        self._until = rows[0]["until"]
        return dict(self._settled + Counter({row["state"]: row["count"] for row in rows if not row["settled"]}))


async def open_letters(pool: Pool) -> dict[str, OpenLetters]:
    """By service; one without is left out."""
    return {row["service"]: OpenLetters(*row) for row in await pool.fetch(OPEN_LETTERS)}
