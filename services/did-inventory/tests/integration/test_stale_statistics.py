"""Numbers change hands by thousands between two looks of the planner: what is done to some orders reads no others'."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from chassis.runtime.database import Pool
from did_inventory.store import numbers

STOCK = """
INSERT INTO numbers (number, npa, nxx, rate_center, changed_at)
SELECT '+1215' || line, '215', '234', 'PHILA', now() FROM generate_series(2340000, 2343999) AS line
"""
ORDERED = """
UPDATE numbers SET status = 'reserved', run = 1, order_id = 'o-' || left(right(number, 4), 3)
"""
ORDERS = ["o-017", "o-170", "o-399"]


def rows_read(plan: dict[str, Any]) -> Iterator[float]:
    """By node: those it answers, and those it leaves out."""
    per_loop = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0) + plan.get("Rows Removed by Join Filter", 0)
    yield per_loop * plan["Actual Loops"]
    for part in plan.get("Plans", ()):
        yield from rows_read(part)


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        (numbers.ASSIGN, (ORDERS, ["c"] * 3, ["all"] * 3, datetime.now(UTC))),
        (numbers.RELEASE, (ORDERS, [1] * 3, ["hosted"] * 3, datetime.now(UTC))),
    ],
)
async def test_a_statement_reads_the_numbers_of_its_orders_only(
    pool: Pool, statement: str, values: tuple[Any, ...]
) -> None:
    await pool.execute(STOCK)
    await pool.execute("VACUUM ANALYZE numbers")  # as of a stock of which nothing is sold
    await pool.execute(ORDERED)
    (answer,) = await pool.fetchrow(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", *values)
    plan = json.loads(answer)[0]["Plan"]
    assert plan["Actual Rows"] == 30
    assert max(rows_read(plan)) <= 90
