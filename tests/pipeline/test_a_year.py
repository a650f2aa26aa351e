"""A year of a customer's life, on a stack of its own whose clock is moved."""

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest_asyncio

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended
from dialtone.invariants.checker import check_folder
from dialtone.seeds import seed
from dialtone.stack import business_time
from dialtone.stack.configuration import Options
from dialtone.stack.stack import Stack
from dialtone.stack.stackfile import read_keys
from testkit.time import eventually
from tests.pipeline import forms

ZONE = ZoneInfo("America/New_York")
SEATS, FEE = Decimal("17.45"), Decimal("75.00")


class Life:
    """The one customer, as the billing department sees it."""

    def __init__(self, stack: Stack, actors: Actors, client: httpx.AsyncClient) -> None:
        self.stack, self.actors, self.client = stack, actors, client
        self.order_id = self.customer_id = ""

    def today(self) -> date:
        return (datetime.now(UTC) + business_time.ahead(self.stack.folder)).astimezone(ZONE).date()

    async def order(self, seats: int) -> None:
        form = forms.hosted(f"Enterprise {forms.SESSION} year", kind="new-enterprise", seats=seats)
        form["items"].append({"package": "Broadsoft Provisioning Fee"})
        self.order_id = await self.actors.submit(form)
        order = await self.actors.until(self.order_id, ended)
        assert order["state"] == "completed"
        self.customer_id = order["customer"]["id"]

    async def until(self, first_of: date) -> None:
        """Time goes on to the noon of that day, and everything that begins is posted."""
        noon = datetime(first_of.year, first_of.month, first_of.day, 12, tzinfo=ZONE)
        now = datetime.now(UTC) + business_time.ahead(self.stack.folder)
        business_time.advance(self.stack.folder, noon.astimezone(UTC) - now)
        await eventually(self.nothing_is_due)

    async def nothing_is_due(self) -> bool:
        now = datetime.now(UTC) + business_time.ahead(self.stack.folder)
        found = await self.ask("GET", "/billing/subscriptions", params={"order": self.order_id})
        dues = [one["due_at"] for one in found["subscriptions"] if one["due_at"]]
        return all(datetime.fromisoformat(due) > now for due in dues)

    async def total(self, month: date) -> Decimal:
        path = f"/billing/{self.customer_id}/statement"
        return Decimal((await self.ask("GET", path, params={"month": f"{month:%Y-%m}"}))["total"])

    async def ask(self, method: str, path: str, **more: Any) -> Any:
        answer = await self.client.request(method, self.stack.url("catalog") + path, **more)
        assert answer.is_success, answer.text
        return answer.json()


@pytest_asyncio.fixture
async def life(place: Path) -> AsyncIterator[Life]:
    patient = {"*": {"HTTP_REQUESTS_PER_SECOND": "1000"}}  # of a test that asks again and again
    async with Stack(Options(folder=place, saga_patience=0.1, environment=patient)) as stack:
        await seed(stack)
        actors = Actors(stack)
        headers = {"authorization": f"Bearer {read_keys(place).operator.key}"}
        async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=30) as client:
            yield Life(stack, actors, client)
        await actors.close()


def after(day: date, months: int) -> date:
    """The first of a later month."""
    years, month = divmod(day.month - 1 + months, 12)
    return date(day.year + years, month + 1, 1)


async def test_a_year_of_a_customer_is_billed_month_by_month_and_ends(life: Life) -> None:
    start = life.today()
    await life.order(seats=3)
    stub = await life.total(start)
    days, month = (after(start, 1) - start).days, (after(start, 1) - start.replace(day=1)).days
    assert stub == FEE + (3 * SEATS * days / month).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    for number in (1, 2):
        await life.until(after(start, number))
        assert await life.total(after(start, number)) == 3 * SEATS
    await life.until(after(start, 11))  # a clock that stood still for months
    assert [await life.total(after(start, number)) for number in range(1, 12)] == [3 * SEATS] * 11
    await its_end(life, start)
    assert (await check_folder(life.stack.folder, patience=60)).broken() == []


async def its_end(life: Life, start: date) -> None:
    """A credit for the last month but one, and an end within the last one."""
    last, lines = after(start, 11), await life.ask("GET", "/billing/lines", params={"order": life.order_id})
    credited = next(one for one in lines["lines"] if one["from_date"] == f"{after(start, 10)}")
    await life.ask("POST", f"/billing/postings/{credited['posting']}/credit", json={"reason": "It was down."})
    assert await life.total(after(start, 10)) == 0
    number = credited["subscription_id"]
    gone = {"to_date": f"{last + timedelta(days=10)}", "reason": "The customer has left."}
    await life.ask("POST", f"/billing/subscriptions/{number}/end", json=gone)
    part = 3 * SEATS * 10 / (after(last, 1) - last).days
    assert await life.total(last) == part.quantize(Decimal("0.01"), "ROUND_HALF_UP")
    await life.until(after(start, 14))
    assert await life.total(after(start, 12)) == 0
    told = await life.ask("GET", "/billing/reconciliation")
    assert told["findings"] == []
