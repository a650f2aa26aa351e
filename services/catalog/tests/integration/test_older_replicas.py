"""A replica that does not know the ledger yet posts in the plan: that is a posting, and a subscription, as well."""

from datetime import UTC, date, datetime

from catalog.application.recurring import post_due

from .orders import Catalog, order
from .test_recurring import at, on

STARTED = "UPDATE order_billing SET state = 'started', started_at = $1"
POSTED = "UPDATE charges SET state = 'posted', posted_at = $1 WHERE first_period"
SUBSCRIPTIONS = (
    "SELECT line, kind, from_date, posted_to, not_before, due_at FROM subscriptions ORDER BY subscription_id"
)


async def test_what_is_posted_in_the_plan_is_in_the_ledger_and_goes_on_from_there(catalog: Catalog) -> None:
    await catalog.send(order())
    now = datetime(2087, 1, 18, 12, tzinfo=UTC)
    await catalog.pool.execute(STARTED, now)
    await catalog.pool.execute(POSTED, now)
    await catalog.pool.execute("UPDATE charges SET state = state WHERE state = 'posted'")
    begun, february = date(2087, 1, 18), date(2087, 2, 1)
    assert await catalog.posted() == [(1, 1, 2, "15.76", "start"), (2, 2, 1, "75.00", "start")]
    assert [tuple(row) for row in await catalog.pool.fetch(SUBSCRIPTIONS)] == [
        (1, "MRC", begun, february, None, datetime(2087, 2, 1, 5, tzinfo=UTC)),
        (2, "NRC", begun, date(2087, 1, 19), None, None),
    ]
    await post_due(at(on(2, 3), catalog.pool))
    assert (await catalog.posted())[2:] == [(3, 1, 2, "34.90", "recurring")]
