"""Counts for the gauges."""

from dataclasses import dataclass

from chassis.runtime.database import Pool

# Unfinished orders by state and phase, with the submit time of the oldest.
OPEN_ORDERS = """
SELECT state, phase, count(*) AS count, coalesce(extract(epoch FROM min(submitted_at)), 0)::float8 AS oldest
FROM orders WHERE ended_at IS NULL GROUP BY state, phase
"""
# Orders that have ended, by state.
ENDED_ORDERS = "SELECT state, count(*) AS count FROM orders WHERE ended_at IS NOT NULL GROUP BY state"
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


async def ended_orders(pool: Pool) -> dict[str, int]:
    """State to how many."""
    return {row["state"]: row["count"] for row in await pool.fetch(ENDED_ORDERS)}


async def open_letters(pool: Pool) -> dict[str, OpenLetters]:
    """By service; one without is left out."""
    return {row["service"]: OpenLetters(*row) for row in await pool.fetch(OPEN_LETTERS)}
