"""Orders submitted by HTTP: accepted, refused with every fault, repeated, and two at once."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, cast

import httpx
import pytest

from chassis.runtime.database import Connection
from contracts.catalog import PriceOrder
from contracts.numbers import ReserveNumbers
from contracts.orders import OrderSubmitted
from order_intake.store import known

from ..builders import MARKET_STREET, PLAIN, SEATS, customer, form
from .desk import Desk, body

pytestmark = pytest.mark.integration


async def test_an_accepted_order_is_kept_announced_and_begun_in_one_transaction(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    answer = await ada.post("/orders", content=body(numbers=(PLAIN,)))
    order_id = answer.json()["id"]
    assert answer.status_code == 202
    assert answer.json() == {"id": order_id, "external_id": "PO-1", "state": "acknowledged", "warnings": []}
    assert answer.headers["location"] == f"/orders/{order_id}"
    assert "idempotent-replayed" not in answer.headers
    row = await desk.row(order_id)
    assert (row["partner_id"], row["external_id"], row["kind"]) == ("p-ada", "PO-1", "new-enterprise")
    assert (row["state"], row["run"], row["phase"], row["ended_at"]) == ("acknowledged", 1, "running", None)
    price, reserve, submitted = [one.message for one in await desk.published()]
    assert isinstance(price, PriceOrder)
    assert isinstance(reserve, ReserveNumbers)
    assert isinstance(submitted, OrderSubmitted)
    assert (submitted.partner_id, submitted.account_name) == ("p-ada", "Harbor Dental Morristown")
    assert submitted.form.external_id == "PO-1"


async def test_the_accounts_of_an_order_are_made_with_it(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    enterprise, group = await desk.account(order_id, "Enterprise"), await desk.account(order_id)
    assert (enterprise["name"], enterprise["status"], enterprise["built"]) == ("Harbor Dental Group", "ordered", False)
    assert (group["name"], group["parent_id"]) == ("Harbor Dental Morristown", enterprise["account_id"])
    assert group["partner_id"] == enterprise["partner_id"] == "p-ada"


async def test_a_refused_order_leaves_nothing_and_tells_every_fault(desk: Desk, ada: httpx.AsyncClient) -> None:
    wrong = body(
        kind="new-group",
        enterprise="Nobody Inc",
        customer=customer(domain="www.h.example"),
        numbers=(PLAIN, PLAIN),
        e911={"required": False},
    )
    answer = await ada.post("/orders", content=wrong)
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {name: problem[name] for name in ("type", "title", "status", "instance", "code")} == {
        "type": "urn:dialtone:problem:invalid",
        "title": "The order is not accepted.",
        "status": 422,
        "instance": "/orders",
        "code": "invalid",
    }
    assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
        ("/customer/domain", "domain-with-www"),
        ("/e911/reason", "reason-missing"),
        ("/numbers/1/number", "twice"),
        ("/enterprise", "enterprise-unknown"),
    ]
    assert all(one["detail"] for one in problem["errors"])
    assert await desk.published() == []
    assert await desk.pool.fetchval("SELECT count(*) FROM orders") == 0
    assert await desk.pool.fetchval("SELECT count(*) FROM accounts") == 0


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"items": [{"package": "Seat", "quantity": 0}]}, "/items/0/quantity"),
        ({"kind": "renewal"}, "/kind"),
        ({"external_id": ""}, "/external_id"),
        ({"external_id": None}, "/external_id"),
        ({"customer": {"account_name": "x" * 81}}, "/customer/account_name"),
        ({"surprise": 1}, "/surprise"),
        ({"e911": {"location": {**MARKET_STREET.model_dump(), "zip": "1234"}}}, "/e911/location/zip"),
    ],
)
async def test_a_form_of_the_wrong_shape_is_refused_with_a_pointer(
    ada: httpx.AsyncClient, changes: dict[str, Any], pointer: str
) -> None:
    answer = await ada.post("/orders", json={**form(datetime.now(UTC)).model_dump(mode="json"), **changes})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]


async def test_a_body_that_is_no_json_is_malformed(ada: httpx.AsyncClient) -> None:
    answer = await ada.post("/orders", content="{")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed")


@pytest.mark.parametrize(
    "text", ['"PO\\u0000"', '"\\ud800"', '"' + "x" * 101 + '"'], ids=["NUL", "half a pair", "too long"]
)
async def test_a_text_that_cannot_be_kept_is_a_fault_and_no_breakdown(ada: httpx.AsyncClient, text: str) -> None:
    answer = await ada.post("/orders", content=body().replace('"PO-1"', text))
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/external_id"]


async def test_the_same_order_again_answers_the_first(desk: Desk, ada: httpx.AsyncClient) -> None:
    same = body()
    first = await ada.post("/orders", content=same)
    await desk.carry_on()
    again = await ada.post("/orders", content=same)
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    assert again.json() == {**first.json(), "state": "completed"}
    assert again.headers["location"] == first.headers["location"]
    assert await desk.published() == []
    assert await desk.pool.fetchval("SELECT count(*) FROM orders") == 1


async def test_the_same_content_in_another_spelling_is_the_same_order(ada: httpx.AsyncClient) -> None:
    plain = form(datetime.now(UTC)).model_dump(mode="json")
    first = await ada.post("/orders", json=plain)
    spelt = {name: plain[name] for name in reversed(plain) if plain[name] not in ("", None, [], ())}
    again = await ada.post("/orders", json=spelt)
    assert (again.status_code, again.json()["id"]) == (200, first.json()["id"])


async def test_an_external_id_belongs_to_one_content_for_ever(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    answer = await ada.post("/orders", content=body(notes="Something else."))
    assert (answer.status_code, answer.json()["code"]) == (409, "external-id-taken")
    ((fault),) = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/external_id", "external-id-taken")
    assert order_id in fault["detail"]


async def test_two_spellings_of_one_external_id_are_one_order(desk: Desk, ada: httpx.AsyncClient) -> None:
    """An accent on its letter (NFC), and after it (NFD): people see no difference."""
    composed, decomposed = "PO-\u00e9-1", "PO-e\u0301-1"
    same = body(external_id=composed)
    first = await ada.post("/orders", content=same)
    again = await ada.post("/orders", content=same.replace(composed, decomposed))
    other = await ada.post("/orders", content=body(external_id=decomposed, notes="Other."))
    assert [one.status_code for one in (first, again, other)] == [202, 200, 409]
    assert again.json() == first.json()
    assert again.json()["external_id"] == composed
    for spelling in (composed, decomposed):
        found = await ada.get("/orders", params={"external_id": spelling})
        assert [one["id"] for one in found.json()] == [first.json()["id"]]


async def test_an_external_id_is_kept_composed(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, external_id="PO-e\u0301-1")
    assert (await desk.row(order_id))["external_id"] == "PO-\u00e9-1"


async def test_wide_letters_make_another_external_id(desk: Desk, ada: httpx.AsyncClient) -> None:
    await desk.submit(ada, external_id="PO-1")
    wide = await ada.post("/orders", content=body(external_id="\uff30\uff2f-1", enterprise="Another"))
    assert wide.status_code == 202


async def test_an_external_id_that_was_refused_is_free(desk: Desk, ada: httpx.AsyncClient) -> None:
    refused = await ada.post("/orders", content=body(items=()))
    assert refused.status_code == 422
    assert await desk.submit(ada)


async def test_two_submits_of_one_external_id_at_once_make_one_order(desk: Desk, ada: httpx.AsyncClient) -> None:
    same = body()
    answers = await asyncio.gather(*(ada.post("/orders", content=same) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 202]
    assert len({one.json()["id"] for one in answers}) == 1
    assert await desk.pool.fetchval("SELECT count(*) FROM orders") == 1
    assert len([one for one in await desk.commands() if isinstance(one.message, PriceOrder)]) == 1


class Meanwhile:
    """A connection that lets something happen between its first statement and its second."""

    def __init__(self, connection: Any, happening: Callable[[], Awaitable[str]]) -> None:
        self._connection, self._happening, self.what = connection, happening, ""

    async def fetch(self, statement: str, *arguments: Any) -> Any:
        rows = await self._connection.fetch(statement, *arguments)
        self.what = self.what or await self._happening()
        return rows


async def test_whoever_sees_the_accounts_of_its_twin_sees_its_order(desk: Desk, ada: httpx.AsyncClient) -> None:
    """Otherwise a repeated submit would be told that its own enterprise exists already."""
    async with desk.pool.acquire() as connection, connection.transaction():
        meanwhile = Meanwhile(connection, lambda: desk.submit(ada))
        names = [("p-ada", "Harbor Dental Group"), ("p-ada", "Harbor Dental Morristown")]
        earlier, _ = await known.under(cast(Connection, meanwhile), [("p-ada", "PO-1")], names)
    assert [one.order_id for one in earlier.values()] == [meanwhile.what]


async def test_of_two_orders_for_one_name_at_once_one_is_refused(desk: Desk, ada: httpx.AsyncClient) -> None:
    forms = [body(external_id=f"PO-{index}") for index in range(3)]
    answers = await asyncio.gather(*(ada.post("/orders", content=one) for one in forms))
    assert sorted(one.status_code for one in answers) == [202, 422, 422]
    refused = [one.json()["errors"][0] for one in answers if one.status_code == 422]
    assert {(one["pointer"], one["code"]) for one in refused} == {("/enterprise", "enterprise-exists")}
    assert await desk.pool.fetchval("SELECT count(*) FROM accounts") == 2


async def test_of_two_groups_of_one_name_at_once_one_is_refused(desk: Desk, ada: httpx.AsyncClient) -> None:
    await desk.submit(ada)
    await desk.carry_on()
    forms = [
        body(external_id=f"G-{index}", kind="new-group", customer=customer(account_name="Trenton")) for index in (1, 2)
    ]
    answers = await asyncio.gather(*(ada.post("/orders", content=one) for one in forms))
    assert sorted(one.status_code for one in answers) == [202, 422]
    (refused,) = [one.json()["errors"] for one in answers if one.status_code == 422]
    assert [one["code"] for one in refused] == ["customer-exists"]


async def test_the_date_of_the_submit_is_the_customers(desk: Desk, ada: httpx.AsyncClient) -> None:
    await desk.submit(ada, customer=customer(time_zone="Pacific/Kiritimati"), items=(SEATS,))
    price = (await desk.command(PriceOrder)).message
    assert isinstance(price, PriceOrder)
    row = await desk.row(price.order_id)
    here = await desk.pool.fetchval("SELECT ($1 AT TIME ZONE 'Pacific/Kiritimati')::date", row["submitted_at"])
    assert price.submitted_on == here
