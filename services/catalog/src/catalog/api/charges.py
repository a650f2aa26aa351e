"""The charges of an order, for its partner and for operators."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel

from catalog.store import listing, postings
from catalog.store.postings import LedgerLine
from chassis.http.access import Needs, Principal, Work
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from contracts.bounds import Money
from contracts.catalog import ChargeLine

router = make_router("charges")
Reader = Annotated[Principal, Depends(Needs("billing:read"))]


class Charge(ChargeLine):
    """A line of the plan of a run."""

    run: int
    exact_amount: Money
    state: listing.PlanState


class OrderCharges(BaseModel):
    """Amounts are USD before taxes and surcharges.

    `lines` are the plans of every run; those of runs that were undone are void. `postings` is what is charged by now,
    and `posted` the sum of what was due when it was delivered.
    """

    order_id: str
    run: int
    partner_id: str
    customer_id: str
    time_zone: str
    price_book: str
    billing_start: date
    state: str
    free_numbers: int
    first_invoice: Money
    monthly: Money
    currency: str = "USD"
    priced_at: datetime
    started_at: datetime | None
    numbers_at_start: int
    numbers_backordered: int
    numbers_late: int
    posted: Money
    lines: list[Charge]
    postings: list[LedgerLine]


@router.get("/orders/{order_id}/charges")
async def of_order(order_id: str, work: Work, reader: Reader) -> OrderCharges:
    billing = await listing.billing_of(work.pool, order_id)
    if billing is None or not reader.may_see(billing.partner_id):
        raise Problem(404, "no-charges", "The order has no charges.", f"No order {order_id!r} was ever priced.")
    lines = [Charge(**asdict(row)) for row in await listing.charges_of(work.pool, order_id)]
    return OrderCharges(**asdict(billing), lines=lines, postings=await postings.of_order(work.pool, order_id))
