"""Business time may be moved: dates and gates follow it, deadlines do not."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from chassis.runtime.database import Pool
from contracts.broadsoft import ProvisionGroup
from contracts.catalog import PriceOrder
from order_intake.settings import Settings

from .desk import Desk

pytestmark = pytest.mark.integration


async def moved(settings: Settings, pool: Pool, ahead: timedelta) -> Desk:
    """The same order-intake after a start with another clock."""
    return await Desk.of(settings.model_copy(update={"business_time_ahead": ahead}), pool)


async def test_an_order_belongs_to_the_date_of_business_time(settings: Settings, pool: Pool, ada_key: str) -> None:
    desk = await moved(settings, pool, timedelta(days=40))
    later = datetime.now(UTC) + timedelta(days=40)
    async with desk.client(ada_key) as portal:
        await desk.submit(portal, requested_activation=later + timedelta(days=3))
    price = (await desk.command(PriceOrder)).message
    assert isinstance(price, PriceOrder)
    assert later.date() - timedelta(days=1) <= price.submitted_on <= later.date()


async def test_what_is_in_the_future_today_is_past_when_the_clock_is_beyond_it(
    settings: Settings, pool: Pool, ada_key: str
) -> None:
    desk = await moved(settings, pool, timedelta(days=40))
    async with desk.client(ada_key) as portal:
        with pytest.raises(AssertionError, match="is in the past"):
            await desk.submit(portal)  # activation is three days from real time


async def test_a_clock_that_was_moved_opens_the_gate_at_once(
    desk: Desk, settings: Settings, pool: Pool, ada: httpx.AsyncClient
) -> None:
    order_id = await desk.submit(ada, requested_activation=None)
    await desk.carry_on()
    assert await desk.due(order_id) == (await desk.row(order_id))["held_until"]
    await desk.wake()
    assert await desk.state(order_id) == "held"
    after = await moved(settings, pool, timedelta(hours=49))
    await after.wake()
    assert (await after.row(order_id))["held_until"] is None
    assert ProvisionGroup in {type(one.message) for one in await after.commands()}


async def test_a_clock_that_is_moved_while_it_runs_opens_the_gate_too(
    settings: Settings, pool: Pool, ada_key: str, tmp_path: Path
) -> None:
    file = tmp_path / "business-time"
    desk = await Desk.of(settings.model_copy(update={"business_time_file": file}), pool)
    async with desk.client(ada_key) as portal:
        order_id = await desk.submit(portal, requested_activation=None)
    await desk.carry_on()
    await desk.wake()
    assert await desk.state(order_id) == "held"
    file.write_text("PT49H")
    await desk.wake()
    assert (await desk.row(order_id))["held_until"] is None


async def test_a_clock_that_was_moved_back_closes_the_gate_again_and_nobody_runs_in_circles(
    settings: Settings, pool: Pool, ada_key: str
) -> None:
    ahead = await moved(settings, pool, timedelta(days=35))
    activation = datetime.now(UTC) + timedelta(days=36)
    async with ahead.client(ada_key) as portal:
        order_id = await ahead.submit(portal, requested_activation=activation)
    await ahead.carry_on()
    assert await ahead.state(order_id) == "held"
    back = await moved(settings, pool, timedelta(0))
    await pool.execute("UPDATE orders SET due = now() WHERE order_id = $1", order_id)
    await asyncio.wait_for(back.wake(), 10)
    row = await back.row(order_id)
    assert (row["state"], row["due"]) == ("held", row["held_until"])


async def test_deadlines_use_real_time_wherever_the_clock_stands(settings: Settings, pool: Pool, ada_key: str) -> None:
    desk = await moved(settings, pool, timedelta(days=400))
    activation = datetime.now(UTC) + timedelta(days=403)
    async with desk.client(ada_key) as portal:
        order_id = await desk.submit(portal, requested_activation=activation)
    await desk.published()
    due = await desk.due(order_id)
    assert due is not None
    assert due < datetime.now(UTC) + timedelta(minutes=2)
    await desk.wake()
    assert await desk.published() == []
