"""HTTP for operators."""

import httpx
import pytest

from contracts.catalog import StartBilling

from .orders import Catalog, order


@pytest.mark.parametrize("path", ["/packages", "/price-books", "/orders/o-1/charges"])
async def test_every_path_needs_an_operators_key(path: str, http: httpx.AsyncClient) -> None:
    answer = await http.get(path, headers={"authorization": "Bearer other"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unknown-key")


async def test_the_menu_is_by_order_type(http: httpx.AsyncClient) -> None:
    menu = (await http.get("/packages")).json()
    assert next(iter(menu)) == "AlaCarte Services"
    (power_user,) = [one for one in menu["Hosted PBX Services"] if one["name"] == "Power User"]
    assert (power_user["charges"], power_user["seats"], power_user["fulfilment"]) == (["MRC"], 1, "hosted")


async def test_prices_are_decimal_strings(http: httpx.AsyncClient) -> None:
    (book,) = (await http.get("/price-books")).json()
    assert (book["partner_id"], book["name"], book["effective_from"]) == (None, "sample-2026", "2026-01-01")
    assert {"package": "Power User", "kind": "MRC", "unit_price": "26.90"} in book["prices"]


async def test_the_charges_of_an_order(http: httpx.AsyncClient, catalog: Catalog) -> None:
    await catalog.send(order())
    await catalog.send(StartBilling(order_id="o-1", run=1))
    charges = (await http.get("/orders/o-1/charges")).json()
    assert (charges["state"], charges["first_invoice"], charges["currency"]) == ("started", "90.76", "USD")
    assert [(one["line"], one["amount"], one["state"]) for one in charges["lines"]] == [
        (1, "15.76", "planned"),
        (2, "75.00", "planned"),
        (3, "34.90", "planned"),
    ]
    assert charges["posted"] == "90.76"
    assert [(one["posting"], one["amount"], one["reason"]) for one in charges["postings"]] == [
        (1, "15.76", "start"),
        (2, "75.00", "start"),
    ]


async def test_an_order_that_was_never_priced_has_no_charges(http: httpx.AsyncClient) -> None:
    answer = await http.get("/orders/o-9/charges")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-charges")
