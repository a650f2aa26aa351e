"""A customer's statement of a month."""

from datetime import date
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel

from catalog.api.filters import Month, Reader
from catalog.application.statements import ItemOfStatement, by_item, sums
from catalog.domain.periods import month_after
from catalog.store import customers, postings
from chassis.http.access import Work
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from contracts.bounds import IDENTIFIER, Money
from contracts.echo import quoted

router = make_router("billing")
CustomerId = Annotated[str, Path(max_length=IDENTIFIER)]


class Statement(BaseModel):
    """Lines that charge from a day of the month on, those that are charged once too, whenever they were posted.

    Every line is rounded, and a total is the sum of rounded lines; credits are negative.
    """

    customer_id: str
    partner_id: str
    month: str
    time_zone: str
    currency: str = "USD"
    amounts: str = "before taxes and surcharges"
    items: list[ItemOfStatement]
    charged: Money
    credited: Money
    total: Money


@router.get("/billing/{customer_id}/statement")
async def statement(customer_id: CustomerId, work: Work, reader: Reader, month: Month | None = None) -> Statement:
    """Of the present month, in the customer's zone, where none is given."""
    customer = await customers.newest(work.pool, customer_id, reader.partner_id)
    if customer is None:
        raise unknown(customer_id)
    today = work.clock.now().astimezone(customer.account.zone).date()
    begins = date.fromisoformat(f"{month}-01") if month else today.replace(day=1)
    lines = await postings.between(work.pool, customer_id, begins, month_after(begins, 1), reader.partner_id)
    totals = sums(lines)
    return Statement(
        customer_id=customer_id,
        partner_id=customer.account.partner_id,
        month=f"{begins:%Y-%m}",
        time_zone=customer.account.time_zone,
        items=by_item(lines),
        charged=totals.charged,
        credited=totals.credited,
        total=totals.total,
    )


def unknown(customer_id: str) -> Problem:
    detail = f"No order of a customer {quoted(customer_id)} was ever priced."
    return Problem(404, "no-such-customer", "There is no such customer.", detail)
