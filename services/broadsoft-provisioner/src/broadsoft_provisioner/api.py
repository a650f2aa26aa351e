"""HTTP for operators: the ledger of an order, effect by effect."""

import json
from typing import Annotated, Any

from fastapi import Depends, FastAPI

from chassis.http.access import Operators
from chassis.runtime.database import Pool

LEDGER = """
SELECT run, seq, effect_key, effect, state, intended_at, settled_at FROM ledger WHERE order_id = $1 ORDER BY run, seq
"""


def make(pool: Pool, operators: Operators) -> FastAPI:
    api = FastAPI(title="broadsoft-provisioner", docs_url=None, redoc_url=None, openapi_url=None)
    operator = Depends(operators)

    @api.get("/orders/{order_id}/ledger")
    async def ledger(order_id: str, _: Annotated[str, operator]) -> list[dict[str, Any]]:
        """Empty when nothing was ever intended for the order."""
        rows = await pool.fetch(LEDGER, order_id)
        return [{**dict(row), "effect": json.loads(row["effect"])} for row in rows]

    return api
