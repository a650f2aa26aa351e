"""What people and invoices see is dated by business time, wherever a setting has moved it."""

from datetime import datetime

import httpx

from contracts.catalog import StartBilling

from .conftest import TODAY
from .orders import Catalog, came, order


def in_business_time(text: str) -> bool:
    return datetime.fromisoformat(text) >= TODAY


async def test_pricing_the_start_and_every_posted_line_are_dated_by_it(
    catalog: Catalog, http: httpx.AsyncClient
) -> None:
    await catalog.send(order(numbers=5))
    await catalog.send(StartBilling(order_id="o-1", run=1, numbers=3, backordered=2))
    await catalog.send(came(2))
    charges = (await http.get("/orders/o-1/charges")).json()
    assert in_business_time(charges["priced_at"])
    assert in_business_time(charges["started_at"])
    posted = [line["posted_at"] for line in charges["postings"]]
    assert [in_business_time(one) for one in posted] == [True] * 4


async def test_a_replay_is_dated_by_it_too(catalog: Catalog, http: httpx.AsyncClient) -> None:
    await catalog.send(order())
    first = (await http.get("/orders/o-1/charges")).json()["priced_at"]
    await catalog.send(order(run=2))
    again = (await http.get("/orders/o-1/charges")).json()["priced_at"]
    assert in_business_time(again)
    assert datetime.fromisoformat(again) > datetime.fromisoformat(first)
