"""What it costs to post a month for many subscriptions, beside bare SQL that inserts the same rows."""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from catalog.application.recurring import AT_ONCE, post_due
from chassis.messaging.unit import Units
from chassis.runtime import migrations
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool, connect
from dialtone.stack.databases import create_missing
from dialtone.stack.stack import Stack

NAME = "bench_postings"
MONTH = datetime(2087, 2, 1, 12, tzinfo=UTC)
# Two charges of an order each, in advance up to February.
SUBSCRIBED = """
INSERT INTO subscriptions (partner_id, customer_id, time_zone, order_id, run, line, item_id, package, kind, quantity,
    unit_price, price_book, from_date, posted_to, due_at)
SELECT 'p-1', 'c-' || n / 20, 'America/New_York', 'o-' || n / 2, 1, n % 2, n % 2, 'Power User', 'MRC', 1 + n % 9,
    26.90, 'sample-2026', '2087-01-18', '2087-02-01', '2087-02-01T05:00:00Z'
FROM generate_series(1, $1) AS n
"""
BARE = "CREATE TABLE bare (LIKE postings INCLUDING ALL)"
COLUMNS = """
SELECT column_name, format_type(atttypid, NULL) AS kind FROM information_schema.columns
JOIN pg_attribute ON attrelid = 'postings'::regclass AND attname = column_name
WHERE table_name = 'postings' ORDER BY ordinal_position
"""


@dataclass(frozen=True, slots=True)
class Postings:
    """Postings a second: by the scan with all that belongs to it, and by bare SQL in transactions of the same size."""

    count: int
    ours_per_s: float
    bare_per_s: float


async def measure(stack: Stack, count: int) -> Postings:
    await create_missing(stack.postgres.dsn("postgres"), [NAME])
    url = stack.postgres.dsn(NAME)
    await asyncio.to_thread(migrations.upgrade, "catalog", url)
    pool = await connect(url, connections=2)
    try:
        await pool.execute(SUBSCRIBED, count)
        await pool.execute("VACUUM ANALYZE subscriptions")
        units = Units(pool, "catalog", Clock(MONTH - datetime.now(UTC)))
        began = time.perf_counter()
        await post_due(units)
        ours = time.perf_counter() - began
        if await pool.fetchval("SELECT count(*) FROM postings") != count:
            raise RuntimeError(f"not {count} postings")
        return Postings(count, round(count / ours), round(count / await _bare(pool)))
    finally:
        await pool.close()


async def _bare(pool: Pool) -> float:
    """Seconds that it takes."""
    await pool.execute(BARE)
    columns = await pool.fetch(COLUMNS)
    rows = [tuple(row) for row in await pool.fetch("SELECT * FROM postings ORDER BY posting")]
    arrays = ", ".join(f"${place}::{column['kind']}[]" for place, column in enumerate(columns, 1))
    insert = f"INSERT INTO bare SELECT * FROM unnest({arrays})"
    began = time.perf_counter()
    for first in range(0, len(rows), AT_ONCE):
        await _insert(pool, insert, rows[first : first + AT_ONCE])
    return time.perf_counter() - began


async def _insert(pool: Pool, insert: str, rows: list[tuple[Any, ...]]) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(insert, *zip(*rows, strict=True))
