"""When numbers and backorders changed is said in business time, wherever a setting has moved it."""

from datetime import UTC, datetime, timedelta

import pytest

from chassis.messaging.boundary import Boundary
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from contracts.numbers import AssignNumbers, ReleaseNumbers
from did_inventory.settings import Settings
from testkit.http import client

from .inventory import FIRST, SECOND, choose, deliver, events, stock, want

AHEAD = timedelta(days=40)
CHANGED = "SELECT changed_at FROM numbers WHERE number = $1"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"business_time_ahead": AHEAD})


def is_ahead(moment: datetime) -> bool:
    """A day of tolerance: it may be midnight."""
    today = (datetime.now(UTC) + AHEAD).date()
    return today - timedelta(days=1) <= moment.astimezone(UTC).date() <= today


async def test_a_reservation_an_assignment_and_a_release_are_dated_by_business_time(
    pool: Pool, boundary: Boundary
) -> None:
    await stock(pool, FIRST, SECOND)
    assert not is_ahead(await pool.fetchval(CHANGED, FIRST))
    await deliver(boundary, choose("o-1", FIRST), choose("o-2", SECOND))
    assert [is_ahead(await pool.fetchval(CHANGED, one)) for one in (FIRST, SECOND)] == [True, True]
    await pool.execute("UPDATE numbers SET changed_at = now()")
    await deliver(boundary, AssignNumbers(order_id="o-1", run=1, customer_id="c-1"), step="assign")
    await deliver(boundary, ReleaseNumbers(order_id="o-2", run=1), direction="undo")
    assert [is_ahead(await pool.fetchval(CHANGED, one)) for one in (FIRST, SECOND)] == [True, True]


async def test_a_backorder_is_submitted_and_filled_in_business_time(
    pool: Pool, boundary: Boundary, parts: Parts
) -> None:
    await deliver(boundary, want("o-1", 1))
    assert is_ahead(await pool.fetchval("SELECT submitted_at FROM backorders"))
    async with client(parts.api, "key") as operator:
        answer = await operator.post("/numbers", json={"numbers": [FIRST]})
    assert answer.json()["delivered_to_backorders"] == {"o-1": 1}
    assert is_ahead(await pool.fetchval(CHANGED, FIRST))
    (event,) = await events(pool)
    assert is_ahead(event.filled_at)


async def test_stock_is_dated_by_business_time(pool: Pool, parts: Parts) -> None:
    async with client(parts.api, "key") as operator:
        answer = await operator.post("/numbers", json={"numbers": [FIRST]})
    assert answer.status_code == 201
    assert is_ahead(await pool.fetchval(CHANGED, FIRST))
