"""Up to which run an order is taken back: a `do` that was on its way begins nothing after it."""

from chassis.runtime.database import Pool

# All runs up to this one.
NOTE = """
INSERT INTO removals (order_id, run) VALUES ($1, $2)
ON CONFLICT (order_id) DO UPDATE SET run = greatest(removals.run, excluded.run)
"""
# Is this run taken back?
COVERS = "SELECT EXISTS (SELECT FROM removals WHERE order_id = $1 AND run >= $2)"


async def note(pool: Pool, order_id: str, run: int) -> None:
    """Durable when it returns. To be called before it is asked where the order works."""
    await pool.execute(NOTE, order_id, run)


async def covers(pool: Pool, order_id: str, run: int) -> bool:
    """To be asked in the turn at the order's place, and after that place was written down."""
    return bool(await pool.fetchval(COVERS, order_id, run))
