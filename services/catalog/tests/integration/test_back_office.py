"""Charges by hand and credits: posted at once, once for each reference, with who and why, and told to the world."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from testkit.http import client
from testkit.partners import key_of

from .orders import Catalog, delivered, order

CHARGES = "/billing/c-1/charges"
FEE = {"package": "Late Fee", "kind": "NRC", "reason": "December was paid late.", "reference": "late-1"}
ACTS = "SELECT who, action, why, customer_id, posting, reference FROM billing_acts ORDER BY act_id"


@pytest.fixture
async def billed(catalog: Catalog) -> Catalog:
    """Two seats and a fee, delivered: postings 1 and 2."""
    await catalog.send(order())
    await catalog.send(delivered(0, "1", "2"))
    await catalog.sent("billing.events")
    return catalog


async def test_a_charge_is_posted_at_once_at_the_price_in_effect(http: httpx.AsyncClient, billed: Catalog) -> None:
    answer = await http.post(CHARGES, json={**FEE, "quantity": 2})
    line = answer.json()
    assert (answer.status_code, line["posting"], line["reason"]) == (201, 3, "manual")
    assert (line["unit_price"], line["quantity"], line["amount"]) == ("25.00", 2, "50.00")
    assert (line["price_book"], line["from_date"], line["to_date"]) == ("sample-2026", "2087-01-26", None)
    assert (line["order_id"], line["item_id"], line["line"], line["subscription_id"]) == ("o-1", "", 0, None)
    (told,) = await billed.sent("billing.events")
    assert (type(told).__name__, told.reason, told.customer_id, told.order_id) == (
        "ChargesPosted",
        "manual",
        "c-1",
        "o-1",
    )
    assert [(one.posting, str(one.amount)) for one in told.lines] == [(3, "50.00")]
    (act,) = await billed.pool.fetch(ACTS)
    assert tuple(act) == ("olga", "charge", FEE["reason"], "c-1", 3, "late-1")
    assert (await http.get("/billing/lines", params={"after": 2})).json()["lines"] == [line]


async def test_hours_at_an_entered_price_for_a_day_of_the_month_before(
    http: httpx.AsyncClient, billed: Catalog
) -> None:
    await billed.send(order("o-2"))
    await billed.send(delivered(0, "1", order_id="o-2"))
    hours = {"package": "Professional Services (per hour)", "kind": "usage", "unit_price": "0.125", "quantity": 3}
    body = {**FEE, **hours, "date": "2086-12-01", "order_id": "o-1"}
    line = (await http.post(CHARGES, json=body)).json()
    assert (line["kind"], line["unit_price"], line["exact_amount"], line["amount"]) == (
        "usage",
        "0.125",
        "0.375",
        "0.38",
    )
    assert (line["price_book"], line["from_date"], line["order_id"]) == ("", "2086-12-01", "o-1")
    newest = (await http.post(CHARGES, json={**FEE, "reference": "late-2"})).json()
    assert newest["order_id"] == "o-2"


async def test_the_same_again_is_charged_once(http: httpx.AsyncClient, billed: Catalog) -> None:
    first, *others = await asyncio.gather(*(http.post(CHARGES, json=FEE) for _ in range(3)))
    again = await http.post(CHARGES, json={**FEE, "quantity": 1, "reference": " late-1 "})
    assert sorted(one.status_code for one in (first, *others, again)) == [200, 200, 200, 201]
    assert {one.json()["posting"] for one in (first, *others, again)} == {3}
    assert again.headers["idempotent-replayed"] == "true"
    other = await http.post(CHARGES, json={**FEE, "quantity": 2})
    assert (other.status_code, other.json()["code"]) == (409, "reference-taken")
    assert "Posting 3 has it" in other.json()["detail"]
    assert len(await billed.posted()) == 3
    assert len(await billed.pool.fetch(ACTS)) == 1


async def test_a_reference_is_the_customers(http: httpx.AsyncClient, billed: Catalog) -> None:
    await billed.send(order("o-2", customer_id="c-2"))
    await billed.send(delivered(0, "1", order_id="o-2"))
    assert (await http.post(CHARGES, json=FEE)).status_code == 201
    assert (await http.post("/billing/c-2/charges", json=FEE)).status_code == 201


@pytest.mark.usefixtures("billed")
@pytest.mark.parametrize(
    ("changed", "pointer", "told"),
    [
        ({"package": "Elephants"}, "/package", "no package is called 'Elephants'"),
        ({"package": "Shippin"}, "/package", "did you mean 'Shipping'?"),
        ({"kind": "usage"}, "/kind", "'Late Fee' is charged by NRC, not by 'usage'"),
        ({"kind": "MRC"}, "/kind", "'MRC'"),
        ({"quantity": 0}, "/quantity", "from 1 to 10000"),
        ({"quantity": -1}, "/quantity", "from 1 to 10000"),
        ({"quantity": 10_001}, "/quantity", "from 1 to 10000"),
        ({"unit_price": "-1"}, "/unit_price", "'-1' is no unit price"),
        ({"unit_price": "1e4"}, "/unit_price", "is no unit price"),
        ({"date": "2086-11-30"}, "/date", "choose a date from 2086-12-01 to 2087-01-26"),
        ({"date": "2087-01-27"}, "/date", "choose a date from 2086-12-01 to 2087-01-26"),
        ({"order_id": "o-9"}, "/order_id", "this customer has no order 'o-9'"),
        ({"order_id": "o-2"}, "/order_id", "billing of 'o-2' has not started"),
        ({"order_id": "o-3"}, "/order_id", "this customer has no order 'o-3'"),
        ({"reference": "r" * 81}, "/reference", "at most 80"),
        ({"reference": " "}, "/reference", "at most 80"),
    ],
)
async def test_what_cannot_be_charged_is_refused_by_its_field(
    changed: dict[str, Any], pointer: str, told: str, http: httpx.AsyncClient, catalog: Catalog
) -> None:
    await catalog.send(order("o-2"), order("o-3", customer_id="c-3"))
    answer = await http.post(CHARGES, json={**FEE, **changed})
    assert answer.status_code == 422, answer.text
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], told in fault["detail"]) == (pointer, True), fault
    assert len(await catalog.posted()) == 2


@pytest.mark.usefixtures("billed")
async def test_every_fault_is_told_at_once(http: httpx.AsyncClient) -> None:
    wrong = {"kind": "usage", "unit_price": "free", "date": "2088-01-01", "order_id": "o-9"}
    answer = await http.post(CHARGES, json={**FEE, **wrong})
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/order_id", "/kind", "/unit_price", "/date"]


async def test_who_is_no_customer_or_has_nothing_billed_is_not_charged(
    http: httpx.AsyncClient, catalog: Catalog
) -> None:
    await catalog.send(order())
    unknown = await http.post("/billing/c-9/charges", json=FEE)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "no-such-customer")
    answer = await http.post(CHARGES, json=FEE)
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing-billed")


@pytest.mark.usefixtures("billed")
async def test_partners_charge_and_credit_nothing(parts: Parts, pool: Pool) -> None:
    async with client(parts.api, await key_of(pool, "p-1", "billing:read", "billing:write")) as partner:
        answers = [
            await partner.post(CHARGES, json=FEE),
            await partner.post("/billing/postings/1/credit", json={"reason": "We want it."}),
        ]
    assert [one.status_code for one in answers] == [403, 403]


async def test_what_was_done_stays_written_down(http: httpx.AsyncClient, billed: Catalog) -> None:
    await http.post(CHARGES, json=FEE)
    for statement in ("UPDATE billing_acts SET why = 'nothing'", "DELETE FROM billing_acts"):
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="stays written down"):
            await billed.pool.execute(statement)
