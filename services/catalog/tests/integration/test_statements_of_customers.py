"""A customer's statement of a month, and what it is charged for."""

from typing import Any

import httpx
import pytest

from catalog.application.recurring import post_due
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from testkit.http import client
from testkit.partners import key_of

from .orders import Catalog, delivered, order
from .test_recurring import at, on

FEE = {"package": "Late Fee", "kind": "NRC", "reason": "December was paid late.", "reference": "late-1"}


@pytest.fixture
async def billed(http: httpx.AsyncClient, catalog: Catalog) -> Catalog:
    """January with a credit and a charge by hand, and February."""
    await catalog.send(order(), order("o-2", partner_id="p-2", customer_id="c-2"))
    await catalog.send(delivered(0, "1", "2"), delivered(0, "1", order_id="o-2"))
    await http.post("/billing/c-1/charges", json=FEE)
    await http.post("/billing/postings/1/credit", json={"reason": "The circuit was down."})
    await post_due(at(on(2, 3), catalog.pool))
    return catalog


def amounts(lines: list[dict[str, Any]]) -> list[str]:
    return [one["amount"] for one in lines]


@pytest.mark.usefixtures("billed")
async def test_a_statement_has_lines_and_credits_by_item_and_sums_of_rounded_lines(http: httpx.AsyncClient) -> None:
    told = (await http.get("/billing/c-1/statement", params={"month": "2087-01"})).json()
    items = told.pop("items")
    assert told == {
        "customer_id": "c-1",
        "partner_id": "p-1",
        "month": "2087-01",
        "time_zone": "America/New_York",
        "currency": "USD",
        "amounts": "before taxes and surcharges",
        "charged": "115.76",
        "credited": "-15.76",
        "total": "100.00",
    }
    assert [
        (one["order_id"], one["item_id"], amounts(one["lines"]), amounts(one["credits"]), one["total"]) for one in items
    ] == [
        ("o-1", "", ["25.00"], [], "25.00"),
        ("o-1", "1", ["15.76"], ["-15.76"], "0.00"),
        ("o-1", "2", ["75.00"], [], "75.00"),
    ]


@pytest.mark.usefixtures("billed")
async def test_a_month_has_what_charges_from_one_of_its_days_on(http: httpx.AsyncClient) -> None:
    february = (await http.get("/billing/c-1/statement", params={"month": "2087-02"})).json()
    assert (len(february["items"]), february["total"]) == (1, "34.90")
    assert (await http.get("/billing/c-1/statement")).json()["month"] == "2087-01"
    december = (await http.get("/billing/c-1/statement", params={"month": "2086-12"})).json()
    assert (december["items"], december["total"]) == ([], "0.00")


@pytest.mark.usefixtures("billed")
async def test_a_partner_sees_the_statements_of_its_own_customers(parts: Parts, pool: Pool) -> None:
    async with client(parts.api, await key_of(pool, "p-1")) as partner:
        own, other, absent = [
            await partner.get(f"/billing/{one}/statement", params={"month": "2087-01"}) for one in ("c-1", "c-2", "c-9")
        ]
    assert (own.status_code, other.status_code, absent.status_code) == (200, 404, 404)
    assert other.text.replace("c-2", "c-9") == absent.text


@pytest.mark.parametrize("month", ["2087", "2087-13", "2087-1", "0000-01", "January"])
async def test_what_is_no_month_is_told(month: str, http: httpx.AsyncClient) -> None:
    answer = await http.get("/billing/c-1/statement", params={"month": month})
    assert answer.status_code == 422
    (fault,) = answer.json()["errors"]
    assert fault == {
        "pointer": "/query/month",
        "code": "not-a-month",
        "detail": f"'{month}' does not fit; expected a year and a month such as 2087-01",
    }


@pytest.mark.usefixtures("billed")
async def test_subscriptions_are_listed_by_page(http: httpx.AsyncClient) -> None:
    first = (await http.get("/billing/subscriptions", params={"limit": 2})).json()
    assert [(one["order_id"], one["kind"], one["posted_to"]) for one in first["subscriptions"]] == [
        ("o-1", "MRC", "2087-03-01"),
        ("o-1", "NRC", "2087-01-19"),
    ]
    rest = (await http.get("/billing/subscriptions", params={"after": first["next"]})).json()
    assert ([one["order_id"] for one in rest["subscriptions"]], rest["next"]) == (["o-2"], None)
    (line,) = rest["subscriptions"]
    assert (line["unit_price"], line["quantity"], line["due_at"]) == ("17.45", 2, "2087-03-01T05:00:00Z")


@pytest.mark.usefixtures("billed")
@pytest.mark.parametrize(
    ("filters", "orders"),
    [({"customer": "c-2"}, ["o-2"]), ({"order": "o-1"}, ["o-1", "o-1"]), ({"partner": "p-2", "order": "o-1"}, [])],
)
async def test_subscriptions_fit_all_that_is_asked(
    filters: dict[str, str], orders: list[str], http: httpx.AsyncClient
) -> None:
    found = (await http.get("/billing/subscriptions", params=filters)).json()["subscriptions"]
    assert [one["order_id"] for one in found] == orders


@pytest.mark.usefixtures("billed")
async def test_a_partner_sees_its_own_subscriptions(parts: Parts, pool: Pool) -> None:
    async with client(parts.api, await key_of(pool, "p-2")) as partner:
        found = (await partner.get("/billing/subscriptions")).json()["subscriptions"]
        none = (await partner.get("/billing/subscriptions", params={"partner": "p-1"})).json()["subscriptions"]
    assert ([one["order_id"] for one in found], none) == (["o-2"], [])
