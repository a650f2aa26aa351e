"""A filter that can match nothing is refused: a typing error must not look like an empty list."""

from typing import Any

import httpx
import pytest

from chassis.http import openapi
from tests.http.operations import operations
from tests.http.services import KEY, PACKAGES, served

# What is not known beforehand.
OPEN = {"order_id", "external_id", "error_code", "rate_center", "region", "partner", "customer", "order"}
REFUSED = {
    ("order_intake", "/orders", "state", "in-progress"): "'inProgress'",
    ("order_intake", "/dead-letters", "state", "opened"): "'open'",
    ("order_intake", "/dead-letters", "service", "orders"): "'order-intake'",
    ("order_intake", "/unsendable", "state", "opened"): "'open'",
    ("catalog", "/billing/lines", "from", "2087-1-1"): "a date, as year-month-day",
    ("catalog", "/billing/lines", "posted_since", "2087-01-01"): "a date and time with its offset",
    ("did_inventory", "/numbers", "status", "free"): "'available'",
    ("did_inventory", "/numbers", "npa", "20"): "three digits, the first 2 to 9",
    ("did_inventory", "/numbers", "nxx", "155"): "three digits, the first 2 to 9",
    ("ticketing", "/tickets", "kind", "order-ticket"): "'trunking'",
    ("ticketing", "/tickets", "state", "open"): "'inProgress'",
}


def is_closed(schema: dict[str, Any]) -> bool:
    """Does it say what it takes?"""
    options = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    return all({"enum", "pattern", "maximum", "const"} & set(one.get("items", one)) for one in options)


@pytest.mark.parametrize("package", PACKAGES)
async def test_a_filter_says_what_it_takes_and_refuses_the_rest(package: str, urls: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {KEY}"}
    async with served(package, urls[package]) as service, httpx.AsyncClient(headers=headers, trust_env=False) as http:
        for method, path, operation in operations(openapi.document(service.api)):
            for told in operation.get("parameters", ()):
                if told["in"] == "query" and told["name"] not in OPEN:
                    assert is_closed(told["schema"]), f"{method} {path} {told}"
        for (of, path, name, value), accepted in REFUSED.items():
            if of == package:
                answer = await http.get(service.url + path, params={name: value})
                assert answer.status_code == 422, f"{path} {name}: {answer.text}"
                (fault,) = answer.json()["errors"]
                assert fault["pointer"].startswith(f"/query/{name}")
                assert value in fault["detail"]
                assert accepted in fault["detail"]


@pytest.mark.parametrize("package", PACKAGES)
async def test_every_service_is_one_whose_dead_letters_can_be_asked_for(package: str, urls: dict[str, str]) -> None:
    headers = {"authorization": f"Bearer {KEY}"}
    async with served("order_intake", urls["order_intake"]) as service, httpx.AsyncClient(trust_env=False) as http:
        params = {"service": package.replace("_", "-")}
        answer = await http.get(f"{service.url}/dead-letters", params=params, headers=headers)
    assert answer.status_code == 200
    assert {one["service"] for one in answer.json()} <= {params["service"]}
