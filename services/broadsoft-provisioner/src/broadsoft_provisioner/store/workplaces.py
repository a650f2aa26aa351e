"""Which group each order works on: an undo must know where to keep others out before it has read its ledger."""

from typing import NamedTuple

from chassis.runtime.database import Pool

# An order works here; an edited run may go elsewhere.
BEGIN = """
INSERT INTO workplaces (order_id, service_provider_id, group_id) VALUES ($1, $2, $3)
ON CONFLICT (order_id) DO UPDATE SET service_provider_id = $2, group_id = $3
"""
# Where an order works.
OF_ORDER = "SELECT service_provider_id, group_id FROM workplaces WHERE order_id = $1"


class Workplace(NamedTuple):
    """A group by its enterprise and its id there."""

    service_provider_id: str
    group_id: str


async def begin(pool: Pool, order_id: str, service_provider_id: str, group_id: str) -> None:
    """Durable when it returns."""
    await pool.execute(BEGIN, order_id, service_provider_id, group_id)


async def of_order(pool: Pool, order_id: str) -> Workplace | None:
    """None when the order never began."""
    row = await pool.fetchrow(OF_ORDER, order_id)
    return Workplace(*row) if row else None
