"""Subscriptions in PostgreSQL as they are posted and changed, with what stands of each. Times are business time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.domain.charges import Charge
from catalog.domain.reposting import Dates, Posted
from catalog.domain.subscriptions import Subscription
from catalog.store.ledger import Account, due_at
from chassis.runtime.database import Connection
from contracts.catalog import ChargeLine

# What begins now, or began since it was posted last: the longest due first.
DUE = """
SELECT subscription_id, partner_id, customer_id, time_zone, order_id, run,
    line, item_id, package, kind, quantity, unit_price, price_book, from_date, posted_to, to_date, anchor, not_before
FROM subscriptions WHERE due_at <= $1 ORDER BY due_at, subscription_id LIMIT $2 FOR UPDATE
"""
# What an order has brought, or one of them, locked.
WANTED = """
SELECT subscription_id, partner_id, customer_id, time_zone, order_id, run,
    line, item_id, package, kind, quantity, unit_price, price_book, from_date, posted_to, to_date, anchor, not_before
FROM subscriptions WHERE order_id = $1 OR subscription_id = $2 ORDER BY subscription_id FOR UPDATE
"""
# From when to when, and how far posted.
KEEP = """
UPDATE subscriptions SET from_date = wish.from_date, to_date = wish.to_date, posted_to = wish.posted_to,
    due_at = wish.due_at
FROM unnest($1::bigint[], $2::date[], $3::date[], $4::date[], $5::timestamptz[])
    AS wish (subscription_id, from_date, to_date, posted_to, due_at)
WHERE subscriptions.subscription_id = wish.subscription_id
"""
# What stands of them.
STANDING = """
SELECT subscription_id, posting, line, item_id, package, kind, quantity, unit_price, price_book,
    from_date, to_date, days, days_in_period, amount, first_period
FROM postings WHERE subscription_id = ANY($1::bigint[]) AND standing ORDER BY posting
"""
# Which of their periods people have credited.
CREDITED = """
SELECT subscription_id, from_date, to_date FROM postings
WHERE subscription_id = ANY($1::bigint[]) AND reason = 'credit'
"""


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription as it stands, under its number."""

    subscription_id: int
    account: Account
    subscription: Subscription


@dataclass(frozen=True, slots=True)
class Stand:
    """What stands of the subscriptions, and what of them was credited, by their numbers."""

    postings: dict[int, list[Posted]]
    credited: dict[int, set[Dates]]


async def due(connection: Connection, now: datetime, limit: int) -> list[Subscribed]:
    """Those of which something is to be posted by now, locked."""
    return [_subscribed(*row) for row in await connection.fetch(DUE, now, limit)]


async def of_order(connection: Connection, order_id: str) -> list[Subscribed]:
    """Locked, in the order of their numbers."""
    return [_subscribed(*row) for row in await connection.fetch(WANTED, order_id, None)]


async def one(connection: Connection, subscription_id: int) -> Subscribed | None:
    """Locked; None where there is none of that number."""
    row = await connection.fetchrow(WANTED, None, subscription_id)
    return _subscribed(*row) if row else None


async def keep(connection: Connection, subscriptions: Iterable[Subscribed]) -> None:
    """Write down from when to when they run, and how far they are posted."""
    rows = [_kept(it) for it in subscriptions]
    if rows:
        await connection.execute(KEEP, *zip(*rows, strict=True))


async def stand(connection: Connection, subscriptions: Sequence[Subscribed]) -> Stand:
    """Of subscriptions that are locked."""
    ids = [it.subscription_id for it in subscriptions]
    found = Stand({}, {})
    for subscription_id, posting, *line in await connection.fetch(STANDING, ids):
        found.postings.setdefault(subscription_id, []).append(Posted(posting, _line(*line)))
    for subscription_id, from_date, to_date in await connection.fetch(CREDITED, ids):
        found.credited.setdefault(subscription_id, set()).add((from_date, to_date))
    return found


def _kept(it: Subscribed) -> tuple[Any, ...]:
    dates = it.subscription.from_date, it.subscription.to_date, it.subscription.posted_to
    return it.subscription_id, *dates, due_at(it.account, it.subscription)


def _subscribed(subscription_id: int, *row: Any) -> Subscribed:
    """From a row of `DUE`."""
    account, line, charge, dates = Account(*row[:5]), row[5], Charge(*row[6:12]), row[12:]
    return Subscribed(subscription_id, account, Subscription(line, charge, *dates))


def _line(*row: Any) -> ChargeLine:
    """From a row of `STANDING`."""
    names = ("line", "item_id", "package", "kind", "quantity", "unit_price", "price_book")
    periods = ("from_date", "to_date", "days", "days_in_period", "amount", "first_period")
    return ChargeLine(**dict(zip((*names, *periods), row, strict=True)))
