"""The ledger in PostgreSQL: what customers are charged for, and what was posted. Whole batches in one statement.

Times are business time. Whoever posts locks the counter first, before anything else (see `lock`): postings are numbered
without gaps, in the order in which they are committed, so that nothing appears behind a reader of the feed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from catalog.domain.charges import Charge, exact_of
from catalog.domain.subscriptions import Subscription
from chassis.runtime.database import Connection
from contracts.catalog import ChargeLine

# Nobody else posts until this transaction ends.
LOCK = "SELECT FROM posting_counter FOR UPDATE"
# New subscriptions, in the order in which they are given.
SUBSCRIBE = """
INSERT INTO subscriptions (partner_id, customer_id, time_zone, order_id, run, line, item_id, package, kind, quantity,
    unit_price, price_book, anchor, from_date, to_date, posted_to, due_at)
SELECT partner_id, customer_id, time_zone, order_id, run, line, item_id, package, kind, quantity,
    unit_price, price_book, anchor, from_date, to_date, posted_to, due_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[],
    $10::int[], $11::numeric[], $12::text[], $13::int[], $14::date[], $15::date[], $16::date[], $17::timestamptz[])
    WITH ORDINALITY AS wish (partner_id, customer_id, time_zone, order_id, run, line, item_id, package, kind, quantity,
        unit_price, price_book, anchor, from_date, to_date, posted_to, due_at, place)
ORDER BY place RETURNING subscription_id
"""
# New postings, numbered in the order in which they are given.
POST = """
WITH counted AS (
    UPDATE posting_counter SET last = last + cardinality($1::bigint[])
    RETURNING last - cardinality($1::bigint[]) AS before
)
INSERT INTO postings (posting, subscription_id, partner_id, customer_id, order_id, run, line, item_id, package, kind,
    quantity, unit_price, price_book, from_date, to_date, days, days_in_period, exact_amount, amount, first_period,
    reason, posted_at)
SELECT counted.before + place, subscription_id, partner_id, customer_id, order_id, run, line, item_id, package, kind,
    quantity, unit_price, price_book, from_date, to_date, days, days_in_period, exact_amount, amount, first_period,
    reason, $21
FROM counted, unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[],
    $9::text[], $10::int[], $11::numeric[], $12::text[], $13::date[], $14::date[], $15::int[], $16::int[],
    $17::numeric[], $18::numeric[], $19::boolean[], $20::text[])
    WITH ORDINALITY AS wish (subscription_id, partner_id, customer_id, order_id, run, line, item_id, package, kind,
        quantity, unit_price, price_book, from_date, to_date, days, days_in_period, exact_amount, amount, first_period,
        reason, place)
RETURNING posting
"""
# What begins now, or began since it was posted last: the longest due first.
DUE = """
SELECT subscription_id, partner_id, customer_id, time_zone, order_id, run,
    line, item_id, package, kind, quantity, unit_price, price_book, anchor, from_date, to_date, posted_to
FROM subscriptions WHERE due_at <= $1 ORDER BY due_at, subscription_id LIMIT $2 FOR UPDATE
"""
# So far they are posted.
POSTED_TO = """
UPDATE subscriptions SET posted_to = wish.posted_to, due_at = wish.due_at
FROM unnest($1::bigint[], $2::date[], $3::timestamptz[]) AS wish (subscription_id, posted_to, due_at)
WHERE subscriptions.subscription_id = wish.subscription_id
"""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose a subscription is, and of which order."""

    partner_id: str
    customer_id: str
    time_zone: str
    order_id: str
    run: int

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription as it stands, under its number."""

    subscription_id: int
    account: Account
    subscription: Subscription


@dataclass(frozen=True, slots=True)
class Posting:
    """A line to be posted, of a subscription where there is one."""

    account: Account
    line: ChargeLine
    reason: str
    subscription_id: int | None = None


async def lock(connection: Connection) -> None:
    """Before any other row of the transaction."""
    await connection.execute(LOCK)


async def subscribe(connection: Connection, new: Sequence[tuple[Account, Subscription]]) -> list[int]:
    """The numbers of new subscriptions.

    Raises asyncpg.UniqueViolationError for an item that is delivered already: the transaction must not commit.
    """
    if not new:
        return []
    rows = [(*_account(account), *_subscription(one), due_at(account, one)) for account, one in new]
    return [row["subscription_id"] for row in await connection.fetch(SUBSCRIBE, *zip(*rows, strict=True))]


async def post(connection: Connection, postings: Sequence[Posting], at: datetime) -> list[int]:
    """The numbers of new postings, without gaps. The counter must be locked."""
    if not postings:
        return []
    return [row["posting"] for row in await connection.fetch(POST, *zip(*map(_posting, postings), strict=True), at)]


async def due(connection: Connection, now: datetime, limit: int) -> list[Subscribed]:
    """Those of which something is to be posted by now, locked."""
    return [_subscribed(*row) for row in await connection.fetch(DUE, now, limit)]


async def posted(connection: Connection, subscriptions: Iterable[Subscribed]) -> None:
    """Write down how far they are posted."""
    rows = [
        (it.subscription_id, it.subscription.posted_to, due_at(it.account, it.subscription)) for it in subscriptions
    ]
    if rows:
        await connection.execute(POSTED_TO, *zip(*rows, strict=True))


def due_at(account: Account, subscription: Subscription) -> datetime | None:
    """When the day begins on which something is to be posted next, where the customer is."""
    day = subscription.due_on
    return datetime.combine(day, time.min, account.zone) if day else None


def _due_at(it: Subscribed) -> datetime | None:
    return due_at(it.account, it.subscription)


def _account(it: Account) -> tuple[Any, ...]:
    return it.partner_id, it.customer_id, it.time_zone, it.order_id, it.run


def _subscription(it: Subscription) -> tuple[Any, ...]:
    charge = it.charge
    what = it.line, charge.item_id, charge.package, charge.kind, charge.quantity, charge.unit_price, charge.price_book
    return (*what, it.anchor, it.from_date, it.to_date, it.posted_to)


def _subscribed(
    subscription_id: int,
    partner_id: str,
    customer_id: str,
    time_zone: str,
    order_id: str,
    run: int,
    line: int,
    *rest: Any,
) -> Subscribed:
    """From a row of `DUE`."""
    *charge, anchor, from_date, to_date, posted_to = rest
    account = Account(partner_id, customer_id, time_zone, order_id, run)
    return Subscribed(
        subscription_id, account, Subscription(line, Charge(*charge), from_date, posted_to, to_date, anchor)
    )


def _posting(it: Posting) -> tuple[Any, ...]:
    whose, line = it.account, it.line
    what = line.line, line.item_id, line.package, line.kind, line.quantity, line.unit_price, line.price_book
    when: tuple[date | int | None, ...] = line.from_date, line.to_date, line.days, line.days_in_period
    ids = it.subscription_id, whose.partner_id, whose.customer_id, whose.order_id, whose.run
    return (*ids, *what, *when, exact_of(line), line.amount, line.first_period, it.reason)
