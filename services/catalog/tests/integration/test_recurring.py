"""The scan for what is due: every period that begins is posted, once, whoever looks and however late."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from catalog.application.recurring import post_due, post_some
from catalog.settings import Settings
from catalog.store import ledger
from chassis.messaging.unit import Unit, Units
from chassis.runtime.clock import Clock
from chassis.runtime.database import Pool

from .orders import Catalog, delivered, order
from .test_together import waiting

MONTHS = ["34.90"]


def at(moment: datetime, pool: Pool) -> Units:
    """Looks at that moment of business time."""
    return Units(pool, "catalog", Clock(moment - datetime.now(UTC)))


def on(month: int, day: int, hour: int = 15) -> datetime:
    return datetime(2087, month, day, hour, tzinfo=UTC)


@pytest.fixture
async def billed(catalog: Catalog) -> Catalog:
    """Two seats and a fee, delivered: the stub of January is posted."""
    await catalog.send(order())
    await catalog.send(delivered(0, "1", "2"))
    await catalog.sent("billing.events")
    return catalog


async def amounts(catalog: Catalog) -> list[str]:
    return [f"{line[3]} {line[4]}" for line in await catalog.posted()]


async def test_a_month_is_posted_when_it_begins_where_the_customer_is(billed: Catalog) -> None:
    before, midnight = ["15.76 start", "75.00 start"], on(2, 1, 5)
    await post_due(at(midnight - timedelta(minutes=1), billed.pool))
    assert await amounts(billed) == before
    await post_due(at(midnight, billed.pool))
    assert await amounts(billed) == [*before, "34.90 recurring"]
    (told,) = await billed.sent("billing.events")
    assert (told.reason, told.customer_id) == ("recurring", "c-1")
    assert [(one.posting, one.line, str(one.amount), one.first_period) for one in told.lines] == [
        (3, 1, "34.90", False)
    ]


async def test_after_an_outage_every_month_that_began_is_posted_and_looking_again_posts_nothing(
    billed: Catalog,
) -> None:
    for _ in range(2):
        await post_due(at(on(4, 15), billed.pool))
    assert (await amounts(billed))[2:] == ["34.90 recurring"] * 3
    await post_due(at(on(2, 15), billed.pool))
    assert len(await amounts(billed)) == 5


async def test_what_begins_later_is_posted_when_it_does_and_a_fee_with_it(catalog: Catalog) -> None:
    await catalog.send(order(billing_start=datetime(2087, 2, 10, tzinfo=UTC).date()))
    (reply,) = await catalog.send(delivered(0, "1", "2"))
    assert (reply.deliveries, reply.lines, str(reply.posted)) == (1, 0, "0.00")
    (started,) = await catalog.sent("billing.events")
    assert started.lines == ()
    await post_due(at(on(2, 9), catalog.pool))
    assert await catalog.posted() == []
    await post_due(at(on(2, 10), catalog.pool))
    assert await amounts(catalog) == ["23.68 recurring", "75.00 recurring"]


async def test_a_scan_goes_on_where_it_was_stopped(billed: Catalog) -> None:
    for number in range(2, 6):
        await billed.send(order(f"o-{number}"))
        await billed.send(delivered(0, "1", "2", order_id=f"o-{number}"))
    units = at(on(2, 3), billed.pool)
    async with billed.pool.acquire() as connection:
        stopped = connection.transaction()
        await stopped.start()
        assert await post_some(Unit(connection, "catalog", clock=units.clock), 3) == 3
        await stopped.rollback()
    async with units.begin() as unit:
        assert await post_some(unit, 3) == 3
    await post_due(units)
    assert await billed.pool.fetchval("SELECT count(*) FROM postings WHERE reason = 'recurring'") == 5
    numbers = [row[0] for row in await billed.pool.fetch("SELECT posting FROM postings ORDER BY posting")]
    assert numbers == list(range(1, len(numbers) + 1))


async def test_two_replicas_that_look_at_once_post_each_month_once(billed: Catalog, settings: Settings) -> None:
    assert settings.business_time_ahead
    units = at(on(6, 3), billed.pool)
    await asyncio.gather(*(post_due(units) for _ in range(3)))
    assert (await amounts(billed))[2:] == ["34.90 recurring"] * 5


async def test_a_scan_and_a_delivery_take_turns(billed: Catalog) -> None:
    await billed.send(order("o-2"))
    async with billed.pool.acquire() as theirs, theirs.transaction():
        await ledger.lock(theirs)
        scan = asyncio.create_task(post_due(at(on(2, 3), billed.pool)))
        sent = asyncio.create_task(billed.send(delivered(0, "1", order_id="o-2")))
        await waiting(billed.pool)
        assert {scan.done(), sent.done()} == {False}
    await asyncio.gather(scan, sent)
    assert await billed.pool.fetchval("SELECT last = count(*) FROM posting_counter, postings GROUP BY last")
