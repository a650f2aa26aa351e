"""The ledger as the billing department reads it: by page, as JSON lines and as CSV, and as a feed without gaps."""

import csv
import io
import json
from typing import Any

import httpx
import pytest

from catalog.application.recurring import post_due
from catalog.store import postings
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from contracts.catalog import OrderedItem
from testkit.http import client
from testkit.partners import key_of

from .orders import Catalog, delivered, order
from .test_recurring import at, on

FORMULA = OrderedItem(item_id="=1+1", package="Power User")


@pytest.fixture
async def billed(catalog: Catalog) -> Catalog:
    """Four postings of January and two of February: of two partners, three customers and three orders."""
    await catalog.send(
        order(), order("o-2", partner_id="p-2", customer_id="c-2"), order("o-3", customer_id="c-3", items=(FORMULA,))
    )
    await catalog.send(delivered(0, "1", "2"), delivered(0, "1", order_id="o-2"), delivered(0, "=1+1", order_id="o-3"))
    await catalog.pool.execute("UPDATE subscriptions SET due_at = NULL WHERE order_id = 'o-3'")
    await post_due(at(on(2, 3), catalog.pool))
    return catalog


async def numbers(http: httpx.AsyncClient, **filters: Any) -> list[int]:
    answer = await http.get("/billing/lines", params=filters)
    assert answer.status_code == 200, answer.text
    return [one["posting"] for one in answer.json()["lines"]]


@pytest.mark.usefixtures("billed")
async def test_a_line_says_all_that_its_amount_comes_from(http: httpx.AsyncClient) -> None:
    told = (await http.get("/billing/lines", params={"limit": 1})).json()
    assert (told["next"], told["last"]) == (1, 6)
    (line,) = told["lines"]
    assert line.pop("subscription_id") > 0
    assert line.pop("exact_amount").startswith("15.76129")
    assert line == {
        "posting": 1,
        "posted_at": line["posted_at"],
        "reason": "start",
        "reverses": None,
        "change_id": None,
        "partner_id": "p-1",
        "customer_id": "c-1",
        "order_id": "o-1",
        "run": 1,
        "line": 1,
        "item_id": "1",
        "package": "Enterprise Standard",
        "kind": "MRC",
        "quantity": 2,
        "unit_price": "17.45",
        "price_book": "sample-2026",
        "from_date": "2087-01-18",
        "to_date": "2087-02-01",
        "days": 14,
        "days_in_period": 31,
        "amount": "15.76",
        "first_period": True,
    }


@pytest.mark.usefixtures("billed")
async def test_a_reader_goes_on_from_where_it_was_and_misses_nothing(http: httpx.AsyncClient) -> None:
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = (await http.get("/billing/lines", params={"after": after, "limit": 4})).json()
        seen += [one["posting"] for one in page["lines"]]
        after = page["next"]
    assert seen == [1, 2, 3, 4, 5, 6]
    assert (await http.get("/billing/lines", params={"after": 6})).json() == {"lines": [], "next": None, "last": 6}


@pytest.mark.usefixtures("billed")
@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"customer": "c-1"}, [1, 2, 5]),
        ({"order": "o-2"}, [3, 6]),
        ({"partner": "p-2"}, [3, 6]),
        ({"partner": "p-2", "customer": "c-1"}, []),
        ({"from": "2087-02-01"}, [5, 6]),
        ({"from": "2087-01-18", "to": "2087-02-01"}, [1, 2, 3, 4]),
        ({"to": "2087-01-18"}, []),
        ({"posted_since": "2087-02-01T00:00:00+01:00"}, [5, 6]),
        ({"posted_since": "2087-02-01T00:00:00Z", "partner": "p-1", "from": "2087-02-01", "after": 4}, [5]),
    ],
)
async def test_lines_fit_all_that_is_asked(filters: dict[str, Any], found: list[int], http: httpx.AsyncClient) -> None:
    assert await numbers(http, **filters) == found


@pytest.mark.usefixtures("billed")
async def test_a_partner_reads_its_own(parts: Parts, pool: Pool) -> None:
    async with client(parts.api, await key_of(pool, "p-2")) as partner:
        assert await numbers(partner) == [3, 6]
        assert await numbers(partner, partner="p-1") == []
        assert await numbers(partner, customer="c-1") == []
        answer = await partner.get("/billing/lines", headers={"accept": "text/csv"})
    assert [row["posting"] for row in csv.DictReader(io.StringIO(answer.text))] == ["3", "6"]


@pytest.mark.usefixtures("billed")
async def test_all_lines_come_as_json_lines_in_pages_that_nobody_sees(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "PAGE", 2)
    headers = {"accept": "application/x-ndjson"}
    answer = await http.get("/billing/lines", params={"after": 1}, headers=headers)
    assert answer.headers["content-type"] == "application/x-ndjson"
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert lines == (await http.get("/billing/lines", params={"after": 1})).json()["lines"]
    some = await http.get("/billing/lines", params={"limit": 3}, headers=headers)
    assert [json.loads(line)["posting"] for line in some.text.splitlines()] == [1, 2, 3]


async def test_what_is_posted_while_lines_are_read_is_for_the_next_time(
    http: httpx.AsyncClient, billed: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    last = postings.last

    async def and_then_more(pool: Pool) -> int:
        number = await last(pool)
        await post_due(at(on(3, 3), pool))
        return number

    monkeypatch.setattr(postings, "last", and_then_more)
    told = (await http.get("/billing/lines")).json()
    assert ([one["posting"] for one in told["lines"]], told["last"]) == ([1, 2, 3, 4, 5, 6], 6)
    assert await billed.pool.fetchval("SELECT last FROM posting_counter") == 8


@pytest.mark.usefixtures("billed")
async def test_csv_has_the_same_and_no_formulas_but_negative_amounts(http: httpx.AsyncClient) -> None:
    await http.post("/billing/postings/1/credit", json={"reason": "It was promised."})
    answer = await http.get("/billing/lines", headers={"accept": "text/csv"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    told = (await http.get("/billing/lines")).json()["lines"]
    assert list(rows[0]) == list(told[0])
    assert [row["amount"] for row in rows] == [one["amount"] for one in told]
    assert (rows[3]["item_id"], rows[3]["price_book"]) == ("'=1+1", "sample-2026")
    assert (rows[6]["amount"], rows[6]["quantity"], rows[6]["reverses"]) == ("-15.76", "-2", "1")
    assert (rows[1]["to_date"], rows[1]["first_period"]) == ("", "true")


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("from", "2087-1-18", "'2087-1-18' does not fit; expected a date, as year-month-day"),
        ("to", "0", "'0' does not fit; expected a date, as year-month-day"),
        ("to", "2087-02-30", "'2087-02-30' is no day of the calendar"),
        ("posted_since", "2087-01-18T00:00:00", "expected a date and time with its offset"),
        ("posted_since", "1700000000", "expected a date and time with its offset"),
        ("limit", "1001", "from 1 to 1000"),
        ("after", "-1", "from 0 to 2147483647"),
        ("customer", "", "a text of at most 128 characters"),
    ],
)
async def test_a_filter_that_fits_nothing_is_told(name: str, value: str, told: str, http: httpx.AsyncClient) -> None:
    answer = await http.get("/billing/lines", params={name: value})
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], told in fault["detail"]) == (f"/query/{name}", True), fault
