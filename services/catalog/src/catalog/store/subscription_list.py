"""What customers are charged for, for people to read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from catalog.store.tables import subscriptions
from chassis.runtime.database import Pool
from chassis.runtime.queries import fetch, given, shown
from contracts.bounds import Money
from contracts.catalog import ChargeKind


@dataclass(frozen=True, slots=True)
class SubscriptionLine:
    """What begins before `posted_to` is posted; the next posting is due at `due_at`, in business time, if there is one.

    Charged from `from_date` on, up to and without `to_date`, never before the day on which it was delivered.
    """

    subscription_id: int
    partner_id: str
    customer_id: str
    time_zone: str
    order_id: str
    run: int
    line: int
    item_id: str
    package: str
    kind: ChargeKind
    quantity: int
    unit_price: Money
    price_book: str
    anchor: int
    not_before: date | None
    from_date: date
    to_date: date | None
    posted_to: date
    due_at: datetime | None


async def page(
    pool: Pool,
    *,
    partners: Sequence[str],
    customer_id: str | None,
    order_id: str | None,
    after: int,
    limit: int,
) -> list[SubscriptionLine]:
    """The first ones with a number above `after` that fit all that is given: each of the partners, if there are two."""
    it = subscriptions.c
    whose = [(it.partner_id, one) for one in partners]
    wanted = given(*whose, (it.customer_id, customer_id), (it.order_id, order_id))
    query = (
        select(*shown(subscriptions, SubscriptionLine))
        .where(it.subscription_id > after, *wanted)
        .order_by(it.subscription_id)
        .limit(limit)
    )
    return [SubscriptionLine(*row) for row in await fetch(pool, query)]
