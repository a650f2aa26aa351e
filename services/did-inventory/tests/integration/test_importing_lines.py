"""Large stock comes in line by line: all of it or nothing."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from chassis.messaging.unit import Units
from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from did_inventory.__main__ import compose
from did_inventory.application.importing import BATCH
from did_inventory.handlers import reserve
from did_inventory.settings import Settings
from testkit.http import client

from .inventory import FIRST, SECOND, events, handled, owners, want

CSV = {"content-type": "text/csv"}
PATH = "/numbers/import"
HUNDRED_THOUSAND = [f"+1973{exchange}{line:04}" for exchange in range(820, 830) for line in range(10_000)]


@pytest.fixture
async def operator(parts: Parts) -> AsyncIterator[httpx.AsyncClient]:
    async with client(parts.api, "key") as asking:
        yield asking


async def pieces(body: bytes, size: int = 65_536) -> AsyncIterator[bytes]:
    for start in range(0, len(body), size):
        yield body[start : start + size]


async def kept(pool: Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM numbers"))


async def test_a_hundred_thousand_numbers_come_in(pool: Pool, operator: httpx.AsyncClient) -> None:
    body = "\n".join(reversed(HUNDRED_THOUSAND)).encode()
    assert len(body) > 1 << 20, "more than a body of another kind may have"
    answer = await operator.post(f"{PATH}?rate_center=Newark&region=NJ", content=pieces(body), headers=CSV)
    assert (answer.status_code, answer.json()) == (
        201,
        {"added": 100_000, "known": 0, "delivered_to_backorders": {}},
    )
    places = await pool.fetch("SELECT rate_center, region, count(*) FROM numbers GROUP BY 1, 2")
    assert [tuple(row) for row in places] == [("Newark", "NJ", 100_000)]
    again = await operator.post(PATH, content=b"973-820-0000,10000\n9738300000", headers={"content-type": "text/plain"})
    assert again.json() == {"added": 1, "known": 10_000, "delivered_to_backorders": {}}


async def test_a_fault_in_the_last_line_imports_nothing_and_is_named(pool: Pool, operator: httpx.AsyncClient) -> None:
    body = "\n".join([*HUNDRED_THOUSAND[:50_000], "911", "", "973-826"]).encode()
    answer = await operator.post(PATH, content=pieces(body), headers=CSV)
    found = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert (answer.status_code, found) == (422, [("/lines/50001", "not-a-number"), ("/lines/50003", "not-a-number")])
    assert await kept(pool) == 0


async def test_what_fails_in_the_last_batch_undoes_the_first(pool: Pool, operator: httpx.AsyncClient) -> None:
    await pool.execute("ALTER TABLE numbers ADD CONSTRAINT not_the_last CHECK (number <> '+19738210001')")
    try:
        answer = await operator.post(PATH, content=b"9738200000,10000\n9738210000,2\n", headers=CSV)
    finally:
        await pool.execute("ALTER TABLE numbers DROP CONSTRAINT not_the_last")
    assert (answer.status_code, await kept(pool)) == (500, 0)


async def test_backorders_get_what_they_wait_for(pool: Pool, units: Units, operator: httpx.AsyncClient) -> None:
    waiting = {"first": 2, **{f"o-{number}": 2_000 for number in range(6)}}
    await handled(units, reserve, *(want(order, quantity) for order, quantity in waiting.items()))
    body = f"{SECOND}\n{FIRST}\n9738300000,10000\n9738310000,{BATCH}\n".encode()
    answer = await operator.post(PATH, content=body, headers=CSV)
    assert answer.json()["delivered_to_backorders"] == waiting
    given = await owners(pool)
    assert (given[FIRST], given[SECOND]) == (("reserved", "first"), ("reserved", "first"))
    assert [one.order_id for one in await events(pool)] == list(waiting), "each once, though two batches fill one"


async def test_imports_of_the_same_numbers_at_once_bring_them_once(pool: Pool, operator: httpx.AsyncClient) -> None:
    forth, back = "\n".join(HUNDRED_THOUSAND[:25_000]), "\n".join(reversed(HUNDRED_THOUSAND[:25_000]))
    bodies = (forth, back, forth, back)
    answers = await asyncio.gather(*(operator.post(PATH, content=one.encode(), headers=CSV) for one in bodies))
    assert [one.status_code for one in answers] == [201] * 4
    assert sum(one.json()["added"] for one in answers) == await kept(pool) == 25_000


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        (b"", "/lines/1", "empty"),
        (b"\n \n", "/lines/1", "empty"),
        (b"9738260001\n" + b"x" * 500, "/lines/2", "too-long"),
    ],
)
async def test_what_is_no_stock(operator: httpx.AsyncClient, body: bytes, pointer: str, code: str) -> None:
    answer = await operator.post(PATH, content=body, headers=CSV)
    assert answer.status_code == 422
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]


async def test_the_limit_is_a_setting_of_its_own(settings: Settings, pool: Pool) -> None:
    narrow = await compose(settings.model_copy(update={"http_import_bytes": 1000, "http_body_bytes": 100}), pool)
    body = b"9738260001\n" * 90
    async with client(narrow.api, "key") as operator:
        taken = await operator.post(PATH, content=pieces(body, 100), headers=CSV)
        announced = await operator.post(PATH, content=body * 2, headers=CSV)
        streamed = await operator.post(PATH, content=pieces(body * 2, 100), headers=CSV)
        as_json = await operator.post("/numbers", json={"numbers": ["9738260001"] * 10})
    assert [one.status_code for one in (taken, announced, streamed, as_json)] == [201, 413, 413, 413]


async def test_nothing_is_read_of_who_may_not_import(pool: Pool, parts: Parts) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"9738260001\n"

    for key in ("", "other"):
        async with client(parts.api, key) as stranger:
            answer = await stranger.post(PATH, content=body(), headers=CSV)
        assert (answer.status_code, read, await kept(pool)) == (401, 0, 0)


async def test_json_goes_elsewhere(operator: httpx.AsyncClient) -> None:
    assert (await operator.post(PATH, json={"numbers": [FIRST]})).status_code == 415
    assert (await operator.post("/numbers", content=b"9738260001\n", headers=CSV)).status_code == 415
