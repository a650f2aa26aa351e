"""Where what is charged and what was posted do not fit together, as far as the ledger itself can tell.

Every statement takes a partner, NULL for all, and how many rows are told at most; those that would read the whole
ledger take a part of the subscriptions as well, above one number and up to another.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from chassis.runtime.database import Connection

# Where a part of so many subscriptions ends, and whether it has as many.
THROUGH = """
SELECT coalesce(max(subscription_id), $1), count(*) = $2
FROM (SELECT subscription_id FROM subscriptions WHERE subscription_id > $1 ORDER BY subscription_id LIMIT $2) AS part
"""
# What is charged for an order whose billing has not started.
NOT_STARTED = """
SELECT partner_id, customer_id, order_id, item_id, package, kind, subscription_id,
    coalesce(order_billing.state, 'not priced')
FROM subscriptions LEFT JOIN order_billing USING (order_id, partner_id, customer_id)
WHERE order_billing.state IS DISTINCT FROM 'started' AND ($1::text IS NULL OR partner_id = $1)
    AND subscription_id > $3 AND subscription_id <= $4
ORDER BY subscription_id LIMIT $2
"""
# Items that are not charged of orders that were billed at once, as all were of which deliveries are not counted.
NOT_CHARGED = """
SELECT partner_id, customer_id, order_id, item_id, package, kind, NULL::bigint, order_billing.started_at
FROM order_billing JOIN charges USING (order_id, run)
WHERE order_billing.state = 'started' AND deliveries = 0 AND ($1::text IS NULL OR partner_id = $1)
    AND charges.state = 'planned' AND first_period AND item_id <> 'numbers'
    AND NOT EXISTS (
        SELECT FROM subscriptions AS its
        WHERE its.order_id = charges.order_id AND its.item_id = charges.item_id AND its.package = charges.package
            AND its.kind = charges.kind
    )
ORDER BY order_id, charges.line LIMIT $2
"""
# What should have been posted by then, and was not.
NOT_POSTED = """
SELECT partner_id, customer_id, order_id, item_id, package, kind, subscription_id, due_at
FROM subscriptions WHERE due_at < $3 AND ($1::text IS NULL OR partner_id = $1)
ORDER BY due_at, subscription_id LIMIT $2
"""
# Days for which nothing is posted of what is charged, days beyond what is charged, and days that are posted twice.
# What stands has to cover the days from the first to that up to which it is posted, but for those that people credited.
NOT_TILED = """
WITH spans AS (
    SELECT subscription_id, daterange(from_date, coalesce(to_date, from_date + 1)) AS span, true AS stands
    FROM postings WHERE standing AND subscription_id > $3 AND subscription_id <= $4
    UNION ALL
    SELECT subscription_id, daterange(from_date, coalesce(to_date, from_date + 1)), false
    FROM postings WHERE reason = 'credit' AND subscription_id > $3 AND subscription_id <= $4
), covered AS (
    SELECT subscription_id, range_agg(span) AS days, range_agg(span) FILTER (WHERE stands) AS standing,
        sum(upper(span) - lower(span)) FILTER (WHERE stands) AS posted, bool_or(NOT stands) AS credited
    FROM spans GROUP BY subscription_id
), compared AS (
    SELECT subscriptions.*, posted,
        CASE WHEN kind = 'NRC' AND credited THEN '{}'  -- whatever its day was
            ELSE datemultirange(daterange(from_date, posted_to)) - coalesce(days, '{}') END AS missing,
        coalesce(standing, '{}') - datemultirange(daterange(from_date, posted_to)) AS beyond,
        (SELECT sum(upper(span) - lower(span)) FROM unnest(standing) AS span) AS different
    FROM subscriptions LEFT JOIN covered USING (subscription_id)
    WHERE subscription_id > $3 AND subscription_id <= $4 AND ($1::text IS NULL OR partner_id = $1)
)
SELECT partner_id, customer_id, order_id, item_id, package, kind, subscription_id,
    CASE WHEN isempty(missing) THEN '' ELSE missing::text END, CASE WHEN isempty(beyond) THEN '' ELSE beyond::text END,
    coalesce(posted - different, 0)::int
FROM compared WHERE NOT isempty(missing) OR NOT isempty(beyond) OR posted > different
ORDER BY subscription_id LIMIT $2
"""


class Charged(NamedTuple):
    """What it is about; without a subscription where nothing is charged."""

    partner_id: str
    customer_id: str
    order_id: str
    item_id: str
    package: str
    kind: str
    subscription_id: int | None


class Untiled(NamedTuple):
    """Ranges of days as text, empty where there are none, and how many days are posted more than once."""

    missing: str
    beyond: str
    doubled: int


@dataclass(frozen=True, slots=True)
class Scope:
    """`partner_id` None is for those of all; subscriptions above `after` and up to `through`."""

    partner_id: str | None
    most: int
    after: int
    through: int


async def through(connection: Connection, after: int, subscriptions: int) -> tuple[int, bool]:
    """The number of the last one of so many, and whether there may be others behind it."""
    number, is_full = await connection.fetchrow(THROUGH, after, subscriptions)
    return int(number), bool(is_full)


async def not_started(connection: Connection, scope: Scope) -> list[tuple[Charged, str]]:
    """With the state of its order's billing."""
    it = scope
    return _told(await connection.fetch(NOT_STARTED, it.partner_id, it.most, it.after, it.through))


async def not_charged(connection: Connection, scope: Scope) -> list[tuple[Charged, datetime]]:
    """Of all orders, with the time at which billing of its order has started."""
    return _told(await connection.fetch(NOT_CHARGED, scope.partner_id, scope.most))


async def not_posted(connection: Connection, scope: Scope, by: datetime) -> list[tuple[Charged, datetime]]:
    """Of all subscriptions, with the time at which it was due."""
    return _told(await connection.fetch(NOT_POSTED, scope.partner_id, scope.most, by))


async def not_tiled(connection: Connection, scope: Scope) -> list[tuple[Charged, Untiled]]:
    """With the days that are wrong."""
    rows = await connection.fetch(NOT_TILED, scope.partner_id, scope.most, scope.after, scope.through)
    return [(Charged(*row[:7]), Untiled(*row[7:])) for row in rows]


def _told(rows: list[Any]) -> list[tuple[Charged, Any]]:
    return [(Charged(*row[:7]), row[7]) for row in rows]
