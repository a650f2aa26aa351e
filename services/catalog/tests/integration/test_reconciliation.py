"""What is charged and what was posted fit together: nothing is told of what is well, and each way to break it is."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from catalog.application import reconciling
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from contracts.catalog import StartBilling
from testkit.http import client
from testkit.partners import key_of

from .conftest import TODAY
from .orders import Catalog, delivered, order

WHY = {"reason": "The circuit was down."}
UNTIE = "ALTER TABLE postings DISABLE TRIGGER postings_never_change"
TIE = "ALTER TABLE postings ENABLE TRIGGER postings_never_change"


@pytest.fixture
async def billed(catalog: Catalog) -> Catalog:
    """One order of each version of the saga."""
    await catalog.send(order(), order("o-2", partner_id="p-2", customer_id="c-2", numbers=5))
    await catalog.send(delivered(0, "1", "2"))
    await catalog.send(StartBilling(order_id="o-2", run=1, numbers=5))
    return catalog


async def found(http: httpx.AsyncClient, **filters: str) -> list[tuple[Any, ...]]:
    answer = await http.get("/billing/reconciliation", params=filters)
    assert (answer.status_code, answer.json()["more"]) == (200, False), answer.text
    return [(one["what"], one["order_id"], one["item_id"], one["kind"]) for one in answer.json()["findings"]]


async def broken(pool: Pool, statement: str) -> None:
    """Whatever the ledger refuses."""
    await pool.execute(UNTIE)
    await pool.execute(statement)
    await pool.execute(TIE)


async def test_what_is_well_is_not_told_whatever_was_changed_and_credited(
    http: httpx.AsyncClient, billed: Catalog
) -> None:
    assert await found(http) == []
    await http.post("/billing/postings/1/credit", json=WHY)
    await http.put("/orders/o-2/billing-start", json={"billing_start": "2087-01-21", **WHY})
    last = await billed.pool.fetchval("SELECT max(subscription_id) FROM subscriptions")
    await http.post(f"/billing/subscriptions/{last}/end", json={"to_date": "2087-01-24", **WHY})
    assert await found(http) == []
    first = await billed.pool.fetchval("SELECT min(subscription_id) FROM subscriptions")
    await http.post(f"/billing/subscriptions/{first}/end", json={"to_date": "2087-01-01", **WHY})
    await http.put("/orders/o-1/billing-start", json={"billing_start": "2087-02-10", **WHY})
    assert await found(http) == []


BREAKS = {
    "UPDATE order_billing SET state = 'planned', started_at = NULL WHERE order_id = 'o-1'": [
        ("order-not-started", "o-1", "1", "MRC"),
        ("order-not-started", "o-1", "2", "NRC"),
    ],
    "DELETE FROM order_billing WHERE order_id = 'o-2'": [
        ("order-not-started", "o-2", "1", "MRC"),
        ("order-not-started", "o-2", "2", "NRC"),
        ("order-not-started", "o-2", "numbers", "MRC"),
    ],
    "WITH gone AS (DELETE FROM postings WHERE order_id = 'o-2') DELETE FROM subscriptions WHERE order_id = 'o-2'": [
        ("not-charged", "o-2", "1", "MRC"),
        ("not-charged", "o-2", "2", "NRC"),
    ],
    "DELETE FROM postings WHERE order_id = 'o-1'": [
        ("days-missing", "o-1", "1", "MRC"),
        ("days-missing", "o-1", "2", "NRC"),
    ],
    "UPDATE postings SET standing = false WHERE order_id = 'o-2' AND kind = 'NRC'": [
        ("days-missing", "o-2", "2", "NRC")
    ],
    "UPDATE postings SET from_date = '2087-01-19' WHERE posting = 1": [("days-missing", "o-1", "1", "MRC")],
    "UPDATE postings SET to_date = '2087-02-02' WHERE posting = 1": [("days-beyond", "o-1", "1", "MRC")],
    "UPDATE subscriptions SET to_date = '2087-01-20', posted_to = '2087-01-20' WHERE item_id = 'numbers'": [
        ("days-beyond", "o-2", "numbers", "MRC")
    ],
    """INSERT INTO postings (posting, subscription_id, partner_id, customer_id, order_id, package, kind, quantity,
        unit_price, from_date, to_date, exact_amount, amount, first_period, reason, posted_at)
    SELECT 99, subscription_id, partner_id, customer_id, order_id, package, kind, quantity, unit_price, '2087-01-20',
        to_date, exact_amount, amount, first_period, reason, posted_at
    FROM postings WHERE posting = 1""": [("days-doubled", "o-1", "1", "MRC")],
}


@pytest.mark.parametrize("statement", BREAKS)
async def test_what_does_not_fit_is_told_item_by_item(statement: str, http: httpx.AsyncClient, billed: Catalog) -> None:
    await broken(billed.pool, statement)
    assert await found(http) == BREAKS[statement]
    (partner, other) = ("p-1", "p-2") if BREAKS[statement][0][1] == "o-1" else ("p-2", "p-1")
    assert (await found(http, partner=partner), await found(http, partner=other)) == (BREAKS[statement], [])


async def test_what_is_due_and_not_posted_is_told_after_a_minute(http: httpx.AsyncClient, billed: Catalog) -> None:
    put = "UPDATE subscriptions SET due_at = $1 WHERE order_id = 'o-1' AND kind = 'MRC'"
    await billed.pool.execute(put, TODAY - timedelta(seconds=30))
    assert await found(http) == []
    await billed.pool.execute(put, TODAY - timedelta(minutes=3))
    answer = await http.get("/billing/reconciliation")
    (finding,) = answer.json()["findings"]
    assert (finding["what"], finding["order_id"]) == ("not-posted", "o-1")
    assert finding["detail"] == "It was to be posted at 2087-01-26T14:57:00+00:00, and was not."


@pytest.mark.usefixtures("billed")
async def test_the_days_are_told(http: httpx.AsyncClient, pool: Pool) -> None:
    await broken(pool, "UPDATE postings SET from_date = '2087-01-20', to_date = '2087-02-03' WHERE posting = 1")
    answer = await http.get("/billing/reconciliation")
    assert [one["detail"] for one in answer.json()["findings"]] == [
        "Nothing stands for the days {[2087-01-18,2087-01-20)}.",
        "A posting stands for the days {[2087-02-01,2087-02-03)}, when it is not charged.",
    ]


@pytest.mark.usefixtures("billed")
async def test_a_large_ledger_is_looked_at_part_by_part(
    http: httpx.AsyncClient, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    await broken(pool, "DELETE FROM postings")
    whole = (await http.get("/billing/reconciliation")).json()
    assert (len(whole["findings"]), whole["next"]) == (5, None)
    monkeypatch.setattr(reconciling, "AT_ONCE", 2)
    parts, after = [], 0
    while after is not None:
        part = (await http.get("/billing/reconciliation", params={"after": after})).json()
        parts += part["findings"]
        after = part["next"]
    assert parts == whole["findings"]
    monkeypatch.setattr(reconciling, "MOST", 2)
    assert (await http.get("/billing/reconciliation")).json()["more"] is True


@pytest.mark.usefixtures("billed")
async def test_operators_reconcile_and_partners_do_not(parts: Parts, pool: Pool) -> None:
    async with client(parts.api, await key_of(pool, "p-1")) as partner:
        assert (await partner.get("/billing/reconciliation")).status_code == 403
