"""The ledger of an order for operators, effect by effect."""

from dataclasses import asdict
from typing import Any

from broadsoft_provisioner.store import ledger
from chassis.http.access import Operator, Work
from chassis.http.routes import make_router

router = make_router("ledger")


@router.get("/orders/{order_id}/ledger")
async def ledger_of(order_id: str, work: Work, _: Operator) -> list[dict[str, Any]]:
    """Empty when nothing was ever intended for the order."""
    return [asdict(row) for row in await ledger.every_run(work.pool, order_id)]
