"""From when a replayed order is billed, as its operator says it."""

from datetime import timedelta

import httpx
import pytest

from chassis.runtime.database import Pool
from contracts.catalog import PriceOrder
from order_intake.settings import Settings

from .desk import OPERATORS, Desk

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(("days", "keep", "status"), [(0, True, 202), (40, False, 202), (40, True, 422)])
async def test_a_start_that_has_passed_is_confirmed_or_becomes_the_day_of_the_replay(
    settings: Settings, pool: Pool, fallen: str, days: int, *, keep: bool, status: int
) -> None:
    later = await Desk.of(settings.model_copy(update={"business_time_ahead": timedelta(days=days)}), pool)
    await later.published()
    async with later.client(OPERATORS["m.alvarez"]) as operator:
        body = {"why": "The catalogue was wrong.", "keep_billing_start": keep}
        answer: httpx.Response = await operator.post(f"/dead-letters/{fallen}-1/replay", json=body)
    assert answer.status_code == status
    if status == 422:
        assert [one["pointer"] for one in answer.json()["errors"]] == ["/billing_start"]
        return
    price = (await later.command(PriceOrder)).message
    assert isinstance(price, PriceOrder)
    assert price.billing_start == price.submitted_on + timedelta(days=days)
