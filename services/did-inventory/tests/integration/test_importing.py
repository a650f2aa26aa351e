"""Operators bring stock in by HTTP; a fault anywhere and nothing comes in."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from chassis.messaging.unit import Units
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from did_inventory.handlers import reserve
from testkit.http import client

from .inventory import (
    FIRST,
    SECOND,
    THIRD,
    events,
    handled,
    missing,
    owners,
    want,
)


@pytest.fixture
async def operator(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    async with client(parts.api, "key") as asking:
        yield asking


async def test_an_import_fills_the_queue_first_come_first_served(
    pool: Pool, units: Units, operator: httpx.AsyncClient
) -> None:
    await handled(units, reserve, want("first", 2), want("second", 1))
    answer = await operator.post("/numbers", json={"first": FIRST, "count": 2, "rate_center": "Newark", "region": "NJ"})
    assert (answer.status_code, answer.json()["delivered_to_backorders"]) == (201, {"first": 2})
    answer = await operator.post("/numbers", json={"numbers": ["(973) 826-0002", "973-826-0003", "973-826-0004"]})
    assert answer.json() == {"added": 2, "known": 1, "delivered_to_backorders": {"second": 1}}
    assert await owners(pool) == {
        FIRST: ("reserved", "first"),
        SECOND: ("reserved", "first"),
        THIRD: ("reserved", "second"),
        "+19738260004": ("available", None),
    }
    assert [one.order_id for one in await events(pool)] == ["first", "second"]


async def test_an_import_with_a_fault_imports_nothing_and_names_every_fault(
    pool: Pool, operator: httpx.AsyncClient
) -> None:
    answer = await operator.post("/numbers", json={"numbers": ["973-826-0001", "911", "555"], "first": "1", "count": 2})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/numbers/1", "/numbers/2", "/first"]
    assert await owners(pool) == {}


async def test_an_import_needs_an_operator(pool: Pool, operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/numbers", json={"numbers": [FIRST]}, headers={"authorization": "Bearer other"})
    assert (answer.status_code, await owners(pool)) == (401, {})


async def test_two_imports_of_the_same_numbers_bring_them_once(
    pool: Pool, units: Units, operator: httpx.AsyncClient
) -> None:
    await handled(units, reserve, want("o-1", 1))
    answers = await asyncio.gather(*(operator.post("/numbers", json={"numbers": [SECOND, FIRST]}) for _ in range(4)))
    assert sum(answer.json()["added"] for answer in answers) == 2
    assert await missing(pool) == {"o-1": 0}
    assert sorted(status for status, _ in (await owners(pool)).values()) == ["available", "reserved"]


@pytest.mark.parametrize("field", ["rate_center", "region"])
@pytest.mark.parametrize("name", ["\0", "\u202e"])
async def test_places_have_names_that_can_be_kept(operator: httpx.AsyncClient, field: str, name: str) -> None:
    answer = await operator.post("/numbers", json={"first": FIRST, "count": 1, field: name})
    found = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert (answer.status_code, found) == (422, [(f"/{field}", "control-character")])
