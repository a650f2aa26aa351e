"""Quotes are priced as orders are, and keep nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest

from catalog.domain.price_books import PriceBookVersion
from catalog.sample import sample_prices
from catalog.store import price_books
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from testkit.http import client
from testkit.partners import key_of

from .orders import Catalog
from .test_allowances import leave

# Example 6 of the billing rules, at invented prices of its own.
EXAMPLE = (
    ("Enterprise Standard", 6, "17.45"),
    ("Basic Metered", 2, "9.35"),
    ("Auto Attendant", 1, "6.75"),
    ("Voice Mail Add On", 4, "2.35"),
    ("Broadsoft Provisioning Fee", 1, "75.00"),
)


def wish(**facts: Any) -> dict[str, Any]:
    items = [{"package": package, "quantity": quantity} for package, quantity, _ in EXAMPLE]
    return {"time_zone": "America/New_York", "billing_start": "2087-01-18", "items": items, "numbers": 11, **facts}


async def put(pool: Pool, partner_id: str | None, version: PriceBookVersion) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await price_books.add(connection, partner_id, version, "test")


async def test_the_worked_example_of_a_whole_order(http: httpx.AsyncClient) -> None:
    quote = (await http.post("/quotes", json=wish())).json()
    first = [(one["package"], one["quantity"], one["amount"]) for one in quote["lines"] if one["first_period"]]
    assert first == [
        ("Enterprise Standard", 6, "47.28"),
        ("Basic Metered", 2, "8.45"),
        ("Auto Attendant", 1, "3.05"),
        ("Voice Mail Add On", 4, "4.25"),
        ("Broadsoft Provisioning Fee", 1, "75.00"),
        ("Number beyond the allowance", 3, "1.56"),
    ]
    assert (quote["first_invoice"], quote["monthly"]) == ("139.59", "143.00")
    assert quote["free_numbers"] == {"granted": 8, "taken": 0, "charged": 3}
    assert (quote["price_book"], quote["before_taxes"], quote["currency"]) == ("sample-2026", True, "USD")
    assert [(one["package"], one["price_book"]) for one in quote["usage"]] == [("Basic Metered", "sample-2026")]


@pytest.mark.parametrize(
    ("start", "items", "first", "month"),
    [
        ("2086-09-19", [("Enterprise Standard", 7, "18.50")], "51.80", "129.50"),
        ("2087-02-11", [("Enterprise Standard", 12, "2.35")], "18.13", "28.20"),
        ("2086-09-12", [("Enterprise Standard", 1, "4.35")], "2.76", "4.35"),
        ("2086-09-10", [("Enterprise Standard", 1, "6.15")], "4.31", "6.15"),
    ],
)
async def test_the_worked_examples_of_the_rules(
    start: str, items: list[tuple[str, int, str]], first: str, month: str, parts: Parts, pool: Pool
) -> None:
    """Those of September are asked in the month before them: a start that is over is none for a portal."""
    prices = {(package, "MRC"): Decimal(price) for package, _, price in items}
    await put(pool, "p-1", PriceBookVersion("own", date(2026, 1, 1), prices))
    await parts.jobs[0][1]()
    asked = [{"package": package, "quantity": quantity} for package, quantity, _ in items]
    later = start.replace("2086", "2087")
    async with client(parts.api, await key_of(pool, "p-1")) as partner:
        quote = (await partner.post("/quotes", json=wish(billing_start=later, items=asked, numbers=0))).json()
    assert (quote["first_invoice"], quote["monthly"]) == (first, month)


async def test_a_partner_is_told_whose_prices_they_are_and_until_when_they_hold(parts: Parts, pool: Pool) -> None:
    own = PriceBookVersion(
        "own-2086",
        date(2086, 6, 1),
        {("Enterprise Standard", "MRC"): Decimal("15.00")},
        billed_from="activation",
    )
    await put(pool, "p-1", own)
    await put(pool, None, replace(sample_prices(), name="later", effective_from=date(2087, 3, 1)))
    await parts.jobs[0][1]()
    async with client(parts.api, await key_of(pool, "p-1")) as partner:
        quote = (await partner.post("/quotes", json=wish())).json()
        foreign = await partner.post("/quotes", json=wish(partner_id="p-2"))
    books = {one["package"]: one["price_book"] for one in quote["lines"]}
    assert (books["Enterprise Standard"], books["Auto Attendant"]) == ("own-2086", "sample-2026")
    assert (quote["price_book"], quote["until"], quote["billed_from"]) == ("own-2086", "2087-03-01", "activation")
    assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (422, "/partner_id")


async def test_what_a_customer_has_left_is_told_and_not_taken_and_not_to_others(
    parts: Parts, catalog: Catalog, pool: Pool
) -> None:
    await leave(catalog)
    more = wish(items=[], numbers=7, customer_id="c-1")
    async with client(parts.api, await key_of(pool, "p-1")) as partner:
        quotes = [(await partner.post("/quotes", json=more)).json() for _ in range(2)]
    assert [one["free_numbers"] for one in quotes] == [{"granted": 0, "taken": 5, "charged": 2}] * 2
    async with client(parts.api, await key_of(pool, "p-2")) as other:
        assert (await other.post("/quotes", json=more)).json()["free_numbers"]["taken"] == 0


@pytest.mark.parametrize(
    ("facts", "pointer", "told"),
    [
        ({"time_zone": "Mars/Olympus"}, "/time_zone", "America/New_York"),
        ({"billing_start": "2086-12-31"}, "/billing_start", "2087-01-01"),
        ({"items": [{"package": "Enterprise Standart"}]}, "/items/0", "Enterprise Standard"),
        ({"items": [{"package": "Auto Attendant"}, {"package": "Late Fee"}]}, "/items/1", "Late Fee"),
        ({"items": [{"package": "Power User", "quantity": 0}]}, "/items/0/quantity", "from 1 to 10000"),
        ({"numbers": 2_001}, "/numbers", "from 0 to 2000"),
    ],
)
async def test_what_cannot_be_quoted_is_told_by_its_field(
    facts: dict[str, Any], pointer: str, told: str, http: httpx.AsyncClient
) -> None:
    answer = await http.post("/quotes", json=wish(**facts))
    fault = answer.json()["errors"][0]
    assert (answer.status_code, fault["pointer"]) == (422, pointer)
    assert told in fault["detail"]
