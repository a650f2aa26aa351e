"""How many numbers there are, by area code and state: for the gauges, whatever the size of the stock.

Triggers note what each statement adds and takes away, so that stock by any door counts, and no row is fought over.
"""

from chassis.runtime.database import Pool

FEW = 100  # notes that are not worth the work
# The notes, added up by area code and state.
COUNTS = """
SELECT npa, status, sum(count)::bigint AS count, count(*) AS notes FROM number_counts GROUP BY npa, status
"""
# All notes become one for each area code and state. Of two replicas at once, one skips what the other has taken.
FOLD = """
WITH noted AS (DELETE FROM number_counts RETURNING npa, status, count)
INSERT INTO number_counts SELECT npa, status, sum(count) FROM noted GROUP BY npa, status HAVING sum(count) <> 0
"""


async def counts(pool: Pool) -> dict[tuple[str, str], int]:
    """(area code, state) -> how many; pairs without a number are left out."""
    found = await pool.fetch(COUNTS)
    if sum(row["notes"] for row in found) > 2 * len(found) + FEW:
        await pool.execute(FOLD)
    return {(row["npa"], row["status"]): row["count"] for row in found if row["count"]}
