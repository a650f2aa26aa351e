"""The periods that begin are posted: a scan for what is due, which may stop anywhere and goes on where it was."""

from itertools import groupby

from catalog.application.posting import post
from catalog.application.telling import tell
from catalog.domain.subscriptions import due
from catalog.store import ledger, subscriptions
from catalog.store.ledger import Posting
from catalog.store.subscriptions import Subscribed
from chassis.messaging.unit import Unit, Units

AT_ONCE = 1_000  # subscriptions of one transaction; an event has at most as many lines as a plan may have
LOOK_EVERY = 5.0  # seconds


async def post_due(units: Units) -> None:
    """Until nothing is due: after a month of outage that is every subscription, some with two periods."""
    while True:
        async with units.begin() as unit:
            found = await post_some(unit, AT_ONCE)
        if found < AT_ONCE:
            return


async def post_some(unit: Unit, limit: int) -> int:
    """Post what is due of so many subscriptions, and tell the world; answers how many there were.

    Two replicas take turns by the lock of the ledger: the second one finds what is left.
    """
    await ledger.lock(unit.connection)
    found = await subscriptions.due(unit.connection, unit.business_now, limit)
    postings: list[Posting] = []
    after = []
    for one in found:
        today = unit.business_now.astimezone(one.account.zone).date()
        subscription, lines = due(one.subscription, today)
        after.append(Subscribed(one.subscription_id, one.account, subscription))
        postings += [Posting(one.account, line, "recurring", one.subscription_id) for line in lines]
    await subscriptions.keep(unit.connection, after)
    postings.sort(key=lambda posting: posting.account.order_id)
    numbered = zip(postings, await post(unit, postings), strict=True)
    for account, its in groupby(numbered, key=lambda pair: pair[0].account):
        tell(unit, account, "recurring", [line for _, line in its])
    return len(found)
