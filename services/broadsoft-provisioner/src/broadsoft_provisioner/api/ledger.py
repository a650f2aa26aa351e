"""The ledger of an order for operators, effect by effect."""

from fastapi import Depends

from broadsoft_provisioner.store import ledger
from broadsoft_provisioner.store.ledger import LedgerRow
from chassis.http.access import Needs, Work
from chassis.http.routes import make_router

router = make_router("ledger")


@router.get("/orders/{order_id}/ledger", dependencies=[Depends(Needs("ops:read", partners=False))])
async def ledger_of(order_id: str, work: Work) -> list[LedgerRow]:
    """Empty when nothing was ever intended for the order."""
    return await ledger.every_run(work.pool, order_id)
