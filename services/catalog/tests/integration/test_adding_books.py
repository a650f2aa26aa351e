"""Operators add versions of price books over HTTP: all of one or nothing, and never another one under its name."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from catalog.__main__ import compose
from catalog.application.books import Books
from catalog.settings import Settings
from catalog.store import price_books
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from testkit.http import client
from testkit.partners import key_of

from .conftest import TODAY as NOW

TODAY = NOW.date()
PRICES = [
    {"package": "Power User", "kind": "MRC", "unit_price": "19.90"},
    {"package": "Basic Metered", "kind": "usage", "unit_price": "20000"},
]


def version(**facts: Any) -> dict[str, Any]:
    return {"effective_from": f"{TODAY}", "name": "2027", "prices": PRICES, **facts}


async def test_a_version_is_added_once_and_tells_what_differs(http: httpx.AsyncClient) -> None:
    added = await http.post("/price-books", json=version())
    told = added.json()
    assert (added.status_code, told["created"], told["before"], told["prices"]) == (201, True, "sample-2026", 2)
    assert {"package": "Power User", "kind": "MRC", "before": "26.90", "after": "19.90"} in told["changes"]
    assert {"package": "Shipping", "kind": "NRC", "before": "22.00", "after": None} in told["changes"]
    assert {"package": "Shipping", "kind": "NRC"} in told["lacks"]
    again = await http.post("/price-books", json=version())
    assert (again.status_code, again.json()["created"]) == (200, False)
    (_, found) = (await http.get("/price-books")).json()
    assert (found["name"], found["prices"][0]["unit_price"]) == ("2027", "20000.00")


async def test_a_dry_run_keeps_nothing(http: httpx.AsyncClient) -> None:
    told = await http.post("/price-books", json=version(dry_run=True))
    assert (told.status_code, told.json()["created"], told.json()["before"]) == (200, False, "sample-2026")
    assert [one["name"] for one in (await http.get("/price-books")).json()] == ["sample-2026"]


@pytest.mark.parametrize("changed", [{"lacking": "refused"}, {"prices": PRICES[:1]}])
async def test_a_name_stands_for_one_version_for_ever(http: httpx.AsyncClient, changed: dict[str, Any]) -> None:
    await http.post("/price-books", json=version())
    answer = await http.post("/price-books", json=version(**changed))
    assert (answer.status_code, answer.json()["code"]) == (409, "price-book-is-fixed")


async def test_a_day_has_one_version(http: httpx.AsyncClient) -> None:
    await http.post("/price-books", json=version())
    answer = await http.post("/price-books", json=version(name="other"))
    assert (answer.status_code, answer.json()["code"]) == (409, "day-taken")
    assert answer.json()["detail"] == f"'2027' takes effect on {TODAY}: choose another day."


async def test_every_fault_is_told_at_once_and_nothing_is_kept(http: httpx.AsyncClient) -> None:
    yesterday = TODAY - timedelta(days=1)
    rows = [*PRICES, {"package": "Elephants", "kind": "MRC", "unit_price": "1_000"}]
    body = version(effective_from=f"{yesterday}", partner_id="p-9", prices=rows)
    answer = await http.post("/price-books", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [
        ("/prices/2/package", "unknown-package"),
        ("/prices/2/unit_price", "not-a-price"),
        ("/partner_id", "no-such-partner"),
        ("/effective_from", "too-early"),
    ]
    assert len((await http.get("/price-books")).json()) == 1


async def test_a_version_for_a_partner_is_called_after_both(http: httpx.AsyncClient, parts: Parts, pool: Pool) -> None:
    key = await key_of(pool, "p-1")
    added = await http.post("/price-books", json=version(partner_id="p-1", name=None))
    assert (added.status_code, added.json()["name"], added.json()["before"]) == (201, f"p-1/{TODAY}", None)
    books = Books()
    await books.load(pool)
    assert [one.name for one in books.on(TODAY, "p-1") or () if one] == [f"p-1/{TODAY}", "sample-2026"]
    async with client(parts.api, key) as partner:
        refused = await partner.post("/price-books", json=version(name="own"))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope-missing")
    assert await pool.fetchval("SELECT added_by FROM price_books WHERE partner_id = 'p-1'") == "olga"


async def test_a_deployment_without_a_book_is_given_one(pool: Pool, settings: Settings) -> None:
    bare = await compose(settings.model_copy(update={"sample_prices": False}), pool)
    async with client(bare.api, "key") as http:
        assert (await http.post("/price-books", json=version())).status_code == 201
    assert [one.effective_from for one in (await price_books.read(pool))[None]] == [TODAY]
