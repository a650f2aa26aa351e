"""The backorder queue: first come, first served within a scope; a large request at its head is not overtaken."""

from collections.abc import Sequence
from dataclasses import dataclass

from did_inventory.domain.allocation import Free, Scope


@dataclass(frozen=True, slots=True)
class Backorder:
    """`missing` numbers of `scope` are still wanted by an order; `backorder_id` is its place in the queue."""

    backorder_id: int
    order_id: str
    scope: Scope
    missing: int
    trunking: bool = False


def fill(queue: Sequence[Backorder], stock: Sequence[Free]) -> dict[int, list[Free]]:
    """Hand out `stock` to the queue (in its order): backorder id -> numbers. The head takes what fits, even in part."""
    left = list(stock)
    filled: dict[int, list[Free]] = {}
    for backorder in queue:
        mine = [free for free in left if free.fits(backorder.scope)][: backorder.missing]
        if mine:
            filled[backorder.backorder_id] = mine
            gone = {free.number for free in mine}
            left = [free for free in left if free.number not in gone]
    return filled
