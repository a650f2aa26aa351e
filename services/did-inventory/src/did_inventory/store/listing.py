"""Lists of numbers for people."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select

from chassis.runtime.database import Pool
from chassis.runtime.queries import fetch, given, shown
from did_inventory.store.tables import numbers

Status = Literal["available", "held", "reserved", "assigned", "aging", "blocked"]


@dataclass(frozen=True, slots=True)
class NumberRow:
    """A number as people see it."""

    number: str
    rate_center: str
    region: str
    status: str
    order_id: str | None
    customer_id: str | None
    trunking: bool


async def search(
    pool: Pool,
    *,
    partner_id: str | None,
    npa: str | None,
    nxx: str | None,
    status: Status | None,
    order_id: str | None,
    limit: int,
) -> list[NumberRow]:
    """Those that fit all that is given, in number order."""
    it = numbers.c
    wanted = given(
        (it.partner_id, partner_id), (it.npa, npa), (it.nxx, nxx), (it.status, status), (it.order_id, order_id)
    )
    query = select(*shown(numbers, NumberRow)).where(*wanted).order_by(it.number).limit(limit)
    return [NumberRow(*row) for row in await fetch(pool, query)]
