"""What customers are charged for, every month or once."""

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel

from catalog.api.filters import PAGE, After, Named, Reader, both
from catalog.store import subscription_list
from catalog.store.subscription_list import SubscriptionLine
from chassis.http.access import Work
from chassis.http.parameters import IN_DIGITS
from chassis.http.routes import make_router

router = make_router("billing")


class Subscriptions(BaseModel):
    """`next` is the `after` of the next page, null when there is none."""

    subscriptions: list[SubscriptionLine]
    next: int | None


@router.get("/billing/subscriptions")
async def subscriptions(
    work: Work,
    reader: Reader,
    partner: Named = None,
    customer: Named = None,
    order: Named = None,
    after: After = 0,
    limit: Annotated[int, Query(ge=1, le=PAGE), IN_DIGITS] = 100,
) -> Subscriptions:
    """By number, above `after`; a partner sees its own. Their numbers have gaps."""
    found = await subscription_list.page(
        work.pool,
        partners=both(reader, partner),
        customer_id=customer,
        order_id=order,
        after=after,
        limit=limit + 1,
    )
    more = len(found) > limit
    return Subscriptions(subscriptions=found[:limit], next=found[limit - 1].subscription_id if more else None)
