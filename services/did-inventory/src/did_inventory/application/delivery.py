"""Free numbers go to the backorders that wait for them, in the transaction that freed them."""

from collections.abc import Sequence

from chassis.messaging.unit import Unit
from contracts.numbers import BackorderAdvanced, BackorderFilled
from did_inventory.domain.allocation import Free
from did_inventory.domain.backorders import fill
from did_inventory.store import backorders
from did_inventory.store.backorders import Standing


async def stock_arrived(stock: Sequence[Free], unit: Unit) -> dict[str, int]:
    """Answers how many numbers went to each order, which hears of it, and once more when its backorder is complete."""
    queue = await backorders.waiting(unit.connection, {free.npa for free in stock}) if stock else []
    filled = fill(queue, stock)
    if not filled:
        return {}
    await backorders.deliver(unit.connection, filled, unit.business_now)
    went: dict[str, int] = {}
    for one in queue:
        if one.backorder_id in filled:
            went[one.order_id] = went.get(one.order_id, 0) + len(filled[one.backorder_id])
    for order_id, stands in (await backorders.standing(unit.connection, sorted(went))).items():
        _tell(unit, order_id, stands)
    return went


def _tell(unit: Unit, order_id: str, stands: Standing) -> None:
    at = stands.filled_at or unit.business_now
    whose = {"order_id": order_id, "partner_id": stands.partner_id, "run": stands.run, "numbers": stands.filled}
    unit.emit(BackorderAdvanced(**whose, missing=stands.missing, advanced_at=at))
    if stands.missing == 0:
        unit.emit(BackorderFilled(**whose, filled_at=at))
