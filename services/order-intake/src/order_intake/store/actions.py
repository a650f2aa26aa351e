"""What operators did: who, when, why, before and after."""

from typing import Any

from chassis.runtime.database import Connection, Pool

WRITE = """
INSERT INTO operator_actions (who, action, why, order_id, dl_id, before, after) VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
OF_ORDER = "SELECT who, action, why, dl_id, at FROM operator_actions WHERE order_id = $1 ORDER BY action_id"


async def write(
    connection: Connection,
    *,
    who: str,
    action: str,
    why: str,
    order_id: str | None = None,
    dl_id: str | None = None,
    before: str | None = None,
    after: str | None = None,
) -> None:
    await connection.execute(WRITE, who, action, why, order_id, dl_id, before, after)


async def of_order(pool: Pool, order_id: str) -> list[dict[str, Any]]:
    return [dict(row) for row in await pool.fetch(OF_ORDER, order_id)]
