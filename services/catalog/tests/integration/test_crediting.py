"""A posting is taken back by its exact negative: once, with who and why, and nothing is posted anew for it."""

import asyncio
from typing import Any

import httpx
import pytest

from catalog.application.recurring import post_due

from .orders import Catalog, delivered, order
from .test_recurring import at, on

WHY = {"reason": "The circuit was down."}


@pytest.fixture
async def billed(catalog: Catalog) -> Catalog:
    """Two seats and a fee, delivered: postings 1 and 2."""
    await catalog.send(order())
    await catalog.send(delivered(0, "1", "2"))
    await catalog.sent("billing.events")
    return catalog


async def credit(http: httpx.AsyncClient, posting: int) -> httpx.Response:
    return await http.post(f"/billing/postings/{posting}/credit", json=WHY)


def but(line: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in names}


async def test_a_credit_is_the_exact_negative_of_a_posting_that_stands_no_more(
    http: httpx.AsyncClient, billed: Catalog
) -> None:
    (posted, _) = (await http.get("/billing/lines")).json()["lines"]
    answer = await credit(http, 1)
    line = answer.json()
    assert (answer.status_code, line["posting"], line["reverses"], line["reason"]) == (201, 3, 1, "credit")
    assert (line["quantity"], line["amount"], line["exact_amount"]) == (-2, "-15.76", f"-{posted['exact_amount']}")
    differ = ("posting", "posted_at", "reverses", "reason", "quantity", "amount", "exact_amount")
    assert but(line, *differ) == but(posted, *differ)
    (told,) = await billed.sent("billing.events")
    assert (told.reason, [(one.posting, str(one.amount)) for one in told.lines]) == ("credit", [(3, "-15.76")])
    standing = await billed.pool.fetch("SELECT standing FROM postings ORDER BY posting")
    assert [row["standing"] for row in standing] == [False, True, False]
    (act,) = await billed.pool.fetch("SELECT who, action, why, customer_id, posting, reference FROM billing_acts")
    assert tuple(act) == ("olga", "credit", WHY["reason"], "c-1", 3, None)


@pytest.mark.usefixtures("billed")
async def test_what_is_taken_back_and_what_takes_back_are_credited_no_more(http: httpx.AsyncClient) -> None:
    await credit(http, 1)
    again = await credit(http, 1)
    assert (again.status_code, again.json()["code"]) == (409, "taken-back")
    assert "Posting 3 takes it back" in again.json()["detail"]
    back = await credit(http, 3)
    assert (back.status_code, back.json()["code"]) == (409, "takes-back")
    absent = await credit(http, 99)
    assert (absent.status_code, absent.json()["code"]) == (404, "no-such-posting")
    assert (await http.get("/billing/lines")).json()["last"] == 3


async def test_a_credited_period_is_not_posted_anew_and_the_next_one_is(
    http: httpx.AsyncClient, billed: Catalog
) -> None:
    await credit(http, 1)
    await post_due(at(on(2, 3), billed.pool))
    assert [line[3:] for line in await billed.posted()] == [
        ("15.76", "start"),
        ("75.00", "start"),
        ("-15.76", "credit"),
        ("34.90", "recurring"),
    ]
    await http.put("/orders/o-1/billing-start", json={"billing_start": "2087-01-18", **WHY})
    assert len(await billed.posted()) == 4


async def test_a_charge_by_hand_is_credited_as_well(http: httpx.AsyncClient, billed: Catalog) -> None:
    fee = {"package": "Shipping", "kind": "NRC", "unit_price": "0", "reference": "r", **WHY}
    assert (await http.post("/billing/c-1/charges", json=fee)).json()["amount"] == "0.00"
    line = (await credit(http, 3)).json()
    assert (line["amount"], line["quantity"], line["item_id"], line["subscription_id"]) == ("0.00", -1, "", None)
    assert len(await billed.posted()) == 4


async def test_who_credits_and_who_posts_take_turns(http: httpx.AsyncClient, billed: Catalog) -> None:
    *answers, _ = await asyncio.gather(*(credit(http, 1) for _ in range(3)), post_due(at(on(2, 3), billed.pool)))
    assert sorted(one.status_code for one in answers if one) == [201, 409, 409]
    assert [line[0] for line in await billed.posted()] == [1, 2, 3, 4]
