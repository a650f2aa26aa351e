"""What people see on a ticket is dated by business time, wherever a setting has moved it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from contracts.tickets import CancelTickets
from ticketing.settings import Settings

from .tickets import BUILT, TRUNK_A, TRUNK_B, Deliver, Resolve

pytestmark = pytest.mark.usefixtures("order")
AHEAD = timedelta(days=40)
BUILT_THEN = {**BUILT, "activated_on": (datetime.now(UTC) + AHEAD).date().isoformat()}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"business_time_ahead": AHEAD})


def in_business_time(texts: Iterable[str]) -> bool:
    return all(datetime.fromisoformat(one) > datetime.now(UTC) + AHEAD / 2 for one in texts)


async def test_every_date_of_a_ticket_is_business_time(resolve: Resolve, http: httpx.AsyncClient) -> None:
    await http.post(f"/tickets/{TRUNK_A}/comment", json={"text": "The site has no power."})
    await resolve(TRUNK_A, **BUILT_THEN)
    ticket = (await http.get(f"/tickets/{TRUNK_A}")).json()
    assert [line["what"] for line in ticket["history"]] == ["opened", "comment", "resolved"]
    assert in_business_time(line["at"] for line in ticket["history"])
    assert in_business_time([ticket["opened_at"], ticket["changed_at"], ticket["resolution"]["resolved_at"]])


async def test_what_the_saga_changes_is_dated_by_business_time(deliver: Deliver, http: httpx.AsyncClient) -> None:
    await deliver(CancelTickets(order_id="o-1", run=1), direction="undo")
    ticket = (await http.get(f"/tickets/{TRUNK_A}")).json()
    assert ticket["state"] == "cancelled"
    assert in_business_time([ticket["changed_at"], ticket["history"][-1]["at"]])


async def test_an_activation_is_in_the_future_when_business_time_has_not_come_to_it(resolve: Resolve) -> None:
    today = (datetime.now(UTC) + AHEAD).date()
    assert (await resolve(TRUNK_A, **BUILT_THEN)).status_code == 200
    answer = await resolve(TRUNK_B, **{**BUILT, "activated_on": str(today + timedelta(days=3))})
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [("/activated_on", "in-the-future")]
