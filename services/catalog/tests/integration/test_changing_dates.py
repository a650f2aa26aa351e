"""Another billing start, or an end: what is posted is reversed and posted anew, as one change with who and why."""

from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import httpx
import pytest

from catalog.application.recurring import post_due
from catalog.domain.price_books import PriceBookVersion
from catalog.store import price_books
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from contracts.catalog import DiscardCharges, OrderedItem
from testkit.http import client
from testkit.partners import key_of

from .orders import Catalog, delivered, order
from .test_recurring import at, on

REASON = {"reason": "The circuit was late."}


def start(day: str) -> dict[str, Any]:
    return {"billing_start": day, **REASON}


async def amounts(catalog: Catalog, order_id: str = "o-1") -> list[str]:
    return [f"{line[3]} {line[4]}" for line in await catalog.posted(order_id)]


async def test_before_anything_is_delivered_the_plan_is_another_one(http: httpx.AsyncClient, catalog: Catalog) -> None:
    await catalog.send(order())
    answer = await http.put("/orders/o-1/billing-start", json=start("2087-02-01"))
    assert (answer.status_code, answer.json()) == (200, {"changed": True})
    charges = (await http.get("/orders/o-1/charges")).json()
    assert (charges["billing_start"], charges["first_invoice"], charges["monthly"]) == ("2087-02-01", "109.90", "34.90")
    assert [(one["amount"], one["from_date"]) for one in charges["lines"]] == [
        ("34.90", "2087-02-01"),
        ("75.00", "2087-02-01"),
    ]
    assert charges["postings"] == []
    (repeated,) = await catalog.send(order())
    assert repeated.billing_start == date(2087, 2, 1)
    await catalog.send(delivered(0, "1", "2"))
    assert await catalog.posted() == []


async def test_what_is_posted_is_reversed_and_posted_anew_as_one_change(
    http: httpx.AsyncClient, catalog: Catalog
) -> None:
    await catalog.send(order())
    await catalog.send(delivered(0, "1", "2"))
    await catalog.sent("billing.events")
    assert (await http.put("/orders/o-1/billing-start", json=start("2087-01-21"))).json() == {"changed": True}
    assert (await amounts(catalog))[2:] == ["-15.76 change", "-75.00 change", "12.38 change", "75.00 change"]
    (told,) = await catalog.sent("billing.events")
    assert (told.reason, [one.posting for one in told.lines]) == ("change", [3, 4, 5, 6])
    rows = await catalog.pool.fetch("SELECT reverses, standing, change_id FROM postings ORDER BY posting")
    assert [tuple(row) for row in rows][:3] == [(None, False, None), (None, False, None), (1, False, rows[2][2])]
    assert len({row["change_id"] for row in rows[2:]}) == 1
    (change,) = (await http.get("/orders/o-1/billing-changes")).json()
    assert (change["what"], change["old"], change["new"]) == ("start", "2087-01-18", "2087-01-21")
    assert (change["who"], change["why"]) == ("olga", REASON["reason"])
    again = await http.put("/orders/o-1/billing-start", json=start("2087-01-21"))
    assert again.json() == {"changed": False}
    assert len(await catalog.posted()) == 6


async def test_the_worked_example_of_a_start_that_is_moved_to_the_activation(
    http: httpx.AsyncClient, catalog: Catalog, pool: Pool, parts: Parts
) -> None:
    """Example 5 of the billing rules: activated 2086-11-24T05:30Z, which is the 23rd where the customer is."""
    async with pool.acquire() as connection, connection.transaction():
        prices = {("Enterprise Standard", "MRC"): Decimal("16.25")}
        await price_books.add(connection, "p-5", PriceBookVersion("five", date(2026, 1, 1), prices), "test")
    await parts.jobs[0][1]()
    november = {"submitted_on": date(2086, 11, 20), "billing_start": date(2086, 11, 20), "partner_id": "p-5"}
    seats = (OrderedItem(item_id="1", package="Enterprise Standard", quantity=5),)
    await catalog.send(order("o-5", time_zone="America/Los_Angeles", items=seats, **november))
    await catalog.send(delivered(0, "1", order_id="o-5"))
    await http.put("/orders/o-5/billing-start", json=start("2086-11-23"))
    stub = [
        line for line in (await http.get("/orders/o-5/charges")).json()["postings"] if line["to_date"] == "2086-12-01"
    ]
    assert [(one["amount"], one["days"], one["days_in_period"]) for one in stub] == [
        ("29.79", 11, 30),
        ("-29.79", 11, 30),
        ("21.67", 8, 30),
    ]


async def test_what_was_delivered_later_keeps_its_day_and_what_comes_is_billed_from_the_new_start(
    http: httpx.AsyncClient, catalog: Catalog
) -> None:
    await catalog.send(order(numbers=5))
    await catalog.send(delivered(0, "1", "2", numbers=2), delivered(1, numbers=1, on=date(2087, 1, 25)))
    await http.put("/orders/o-1/billing-start", json=start("2087-01-20"))
    assert (await amounts(catalog))[3:] == ["-15.76 change", "-75.00 change", "13.51 change", "75.00 change"]
    await http.put("/orders/o-1/billing-start", json=start("2087-02-01"))
    await catalog.send(delivered(2, numbers=2, on=date(2087, 1, 26)))
    assert (await amounts(catalog))[7:] == ["-13.51 change", "-75.00 change", "-0.26 change"]
    await post_due(at(on(2, 1), catalog.pool))
    assert (await amounts(catalog))[10:] == [f"{amount} recurring" for amount in ("34.90", "75.00", "1.15", "2.30")]


async def test_an_end_credits_what_was_posted_in_advance(http: httpx.AsyncClient, catalog: Catalog) -> None:
    await catalog.send(order())
    await catalog.send(delivered(0, "1", "2"))
    number = await catalog.pool.fetchval("SELECT subscription_id FROM subscriptions WHERE kind = 'MRC'")
    path = f"/billing/subscriptions/{number}/end"
    ends = {"to_date": "2087-01-25", "reason": "The customer has left."}
    assert (await http.post(path, json=ends)).json() == {"changed": True}
    assert (await http.post(path, json=ends)).json() == {"changed": False}
    assert (await amounts(catalog))[2:] == ["-15.76 end", "7.88 end"]
    await post_due(at(on(6, 1), catalog.pool))
    assert len(await catalog.posted()) == 4


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2085-12-31", "choose a date from 2086-01-01 to 2089-01-26"),
        ("2089-01-27", "choose a date from 2086-01-01 to 2089-01-26"),
        ("tomorrow", "a date, as year-month-day"),
    ],
)
async def test_a_day_that_cannot_be_is_refused_in_words(
    day: str, told: str, http: httpx.AsyncClient, catalog: Catalog
) -> None:
    await catalog.send(order())
    answer = await http.put("/orders/o-1/billing-start", json=start(day))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/billing_start")
    assert told in answer.json()["errors"][0]["detail"]


async def test_a_partner_moves_the_start_of_its_own_orders_and_not_into_a_month_that_is_over(
    parts: Parts, catalog: Catalog, pool: Pool
) -> None:
    await catalog.send(order())
    key = await key_of(pool, "p-1", "billing:read", "billing:write")
    other = await key_of(pool, "p-2", "billing:read", "billing:write")
    async with client(parts.api, key) as mine, client(parts.api, other) as theirs:
        assert (await theirs.put("/orders/o-1/billing-start", json=start("2087-02-01"))).status_code == 404
        assert (await theirs.get("/orders/o-1/billing-changes")).status_code == 404
        assert (await mine.put("/orders/o-1/billing-start", json=start("2086-12-31"))).status_code == 422
        assert (await mine.put("/orders/o-1/billing-start", json=start("2087-01-01"))).json() == {"changed": True}
        assert len((await mine.get("/orders/o-1/billing-changes")).json()) == 1
        ended = await mine.post("/billing/subscriptions/1/end", json={"to_date": "2087-02-01", **REASON})
        assert (ended.status_code, ended.json()["code"]) == (403, "not-for-partners")


async def test_a_partner_moves_no_start_of_a_month_that_is_over_and_billed(
    parts: Parts, catalog: Catalog, pool: Pool, http: httpx.AsyncClient
) -> None:
    await catalog.send(order(submitted_on=date(2086, 12, 20), billing_start=date(2086, 12, 20)))
    await catalog.send(delivered(0, "1", "2"))
    async with client(parts.api, await key_of(pool, "p-1", "billing:read", "billing:write")) as mine:
        refused = await mine.put("/orders/o-1/billing-start", json=start("2087-02-01"))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/billing_start")
    assert "that month is over: ask us" in refused.json()["errors"][0]["detail"]
    assert (await http.put("/orders/o-1/billing-start", json=start("2087-02-01"))).json() == {"changed": True}


async def test_a_newer_run_keeps_the_start_that_its_order_was_moved_to(
    http: httpx.AsyncClient, catalog: Catalog
) -> None:
    await catalog.send(order())
    await http.put("/orders/o-1/billing-start", json=start("2087-02-10"))
    await catalog.send(DiscardCharges(order_id="o-1", run=1))
    (again,) = await catalog.send(order(run=2))
    assert (again.billing_start, again.lines[0].from_date) == (date(2087, 2, 10), date(2087, 2, 10))
    (later,) = await catalog.send(order(run=3, billing_start=date(2087, 3, 1)))
    assert later.billing_start == date(2087, 3, 1)


@pytest.mark.parametrize("taken_back", [False, True])
async def test_what_has_no_charges_has_no_start(http: httpx.AsyncClient, catalog: Catalog, *, taken_back: bool) -> None:
    if taken_back:
        await catalog.send(order())
        await catalog.send(DiscardCharges(order_id="o-1", run=1))
    answer = await http.put("/orders/o-1/billing-start", json=start("2087-02-01"))
    assert (answer.status_code, answer.json()["code"]) == (404, "no-charges")
    ended = await http.post("/billing/subscriptions/77/end", json={"to_date": "2087-02-01", **REASON})
    assert (ended.status_code, ended.json()["code"]) == (404, "unknown-subscription")


async def test_what_was_changed_stays_written_down(http: httpx.AsyncClient, catalog: Catalog) -> None:
    await catalog.send(order())
    await http.put("/orders/o-1/billing-start", json=start("2087-02-01"))
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="stays written down"):
        await catalog.pool.execute("UPDATE billing_changes SET why = 'nothing'")
