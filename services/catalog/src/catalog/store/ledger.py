"""The ledger in PostgreSQL: what customers are charged for, and what was posted. Whole batches in one statement.

Times are business time. Whoever posts locks the counter first, before anything else (see `lock`): postings are numbered
without gaps, in the order in which they are committed, so that nothing appears behind a reader of the feed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from catalog.domain.charges import exact_of
from catalog.domain.subscriptions import Subscription
from chassis.runtime.database import Connection
from contracts.catalog import ChargeLine

# Nobody else posts until this transaction ends.
LOCK = "SELECT FROM posting_counter FOR UPDATE"
# New subscriptions, in the order in which they are given.
SUBSCRIBE = """
INSERT INTO subscriptions (partner_id, customer_id, time_zone, order_id, run, line, item_id, package, kind, quantity,
    unit_price, price_book, from_date, posted_to, to_date, anchor, not_before, due_at)
SELECT partner_id, customer_id, time_zone, order_id, run, line, item_id, package, kind, quantity,
    unit_price, price_book, from_date, posted_to, to_date, anchor, not_before, due_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[],
    $10::int[], $11::numeric[], $12::text[], $13::date[], $14::date[], $15::date[], $16::int[], $17::date[],
    $18::timestamptz[])
    WITH ORDINALITY AS wish (partner_id, customer_id, time_zone, order_id, run, line, item_id, package, kind, quantity,
        unit_price, price_book, from_date, posted_to, to_date, anchor, not_before, due_at, place)
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
    reason, reverses, change_id, standing, posted_at)
SELECT counted.before + place, subscription_id, partner_id, customer_id, order_id, run, line, item_id, package, kind,
    quantity, unit_price, price_book, from_date, to_date, days, days_in_period, exact_amount, amount, first_period,
    reason, reverses, change_id, reverses IS NULL, $23
FROM counted, unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[],
    $9::text[], $10::int[], $11::numeric[], $12::text[], $13::date[], $14::date[], $15::int[], $16::int[],
    $17::numeric[], $18::numeric[], $19::boolean[], $20::text[], $21::bigint[], $22::bigint[])
    WITH ORDINALITY AS wish (subscription_id, partner_id, customer_id, order_id, run, line, item_id, package, kind,
        quantity, unit_price, price_book, from_date, to_date, days, days_in_period, exact_amount, amount, first_period,
        reason, reverses, change_id, place)
RETURNING posting
"""
# A posting that is reversed stands no longer.
REVERSED = "UPDATE postings SET standing = false WHERE posting = ANY($1::bigint[])"


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
class Posting:
    """A line to be posted, of a subscription where there is one."""

    account: Account
    line: ChargeLine
    reason: str
    subscription_id: int | None = None
    reverses: int | None = None
    change_id: int | None = None


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
    """The numbers of new postings, without gaps; what they reverse stands no longer. The counter must be locked."""
    if not postings:
        return []
    if reverses := [one.reverses for one in postings if one.reverses is not None]:
        await connection.execute(REVERSED, reverses)
    return [row["posting"] for row in await connection.fetch(POST, *zip(*map(_posting, postings), strict=True), at)]


def due_at(account: Account, subscription: Subscription) -> datetime | None:
    """When the day begins on which something is to be posted next, where the customer is."""
    day = subscription.due_on
    return datetime.combine(day, time.min, account.zone) if day else None


def _account(it: Account) -> tuple[Any, ...]:
    return it.partner_id, it.customer_id, it.time_zone, it.order_id, it.run


def _subscription(it: Subscription) -> tuple[Any, ...]:
    charge = it.charge
    what = it.line, charge.item_id, charge.package, charge.kind, charge.quantity, charge.unit_price, charge.price_book
    return (*what, it.from_date, it.posted_to, it.to_date, it.anchor, it.not_before)


def _posting(it: Posting) -> tuple[Any, ...]:
    whose, line = it.account, it.line
    what = line.line, line.item_id, line.package, line.kind, line.quantity, line.unit_price, line.price_book
    when: tuple[date | int | None, ...] = line.from_date, line.to_date, line.days, line.days_in_period
    ids = it.subscription_id, whose.partner_id, whose.customer_id, whose.order_id, whose.run
    return (*ids, *what, *when, exact_of(line), line.amount, line.first_period, it.reason, it.reverses, it.change_id)
