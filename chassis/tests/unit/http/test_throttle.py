"""So many requests a key, and fewer for guesses."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import Depends, FastAPI

from chassis.http.access import Needs, sha256
from chassis.http.keyring import Keyring
from chassis.http.problems import Problem
from chassis.http.routes import make_router
from chassis.http.throttle import neighbourhood
from contracts.partners import PartnerKey
from testkit.http import client

from .toy import KEY, toy_api

NEVER = 1e-6  # a second: nothing comes back while a test runs
KEY_OF_ADA = PartnerKey(
    key_id="k1",
    partner_id="p-ada",
    scopes=("orders:read",),
    verifier=sha256("secret"),
    changed_at=datetime(2027, 1, 18, tzinfo=UTC),
)


async def statuses(api: FastAPI, count: int, key: str = KEY, path: str = "/notes") -> list[int]:
    async with client(api, key) as http:
        return [(await http.get(path)).status_code for _ in range(count)]


def slow(**changed: Any) -> FastAPI:
    return toy_api(http_requests_per_second=NEVER, http_wrong_keys_per_second=NEVER, **changed)


async def test_requests_over_the_burst_are_429_and_say_when_to_come_again() -> None:
    api = toy_api(http_requests_per_second=0.01, http_requests_burst=2)
    async with client(api, KEY) as http:
        await http.get("/notes")  # the first of a key counts for its address, which is all that is known of it
        answers = [await http.get("/notes") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == "too-many-requests"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 100


async def test_wrong_keys_are_told_to_wait_before_their_key_is_looked_at() -> None:
    api = slow(http_wrong_keys_burst=3)
    assert await statuses(api, 5, "wrong") == [401, 401, 401, 429, 429]
    async with client(api, "wrong") as http:
        answer = await http.get("/notes")
    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-wrong-keys")


async def test_right_keys_pass_where_others_guess_and_guesses_cost_no_query() -> None:
    asked: list[str] = []

    async def find(key_id: str) -> PartnerKey | None:
        asked.append(key_id)
        return KEY_OF_ADA if key_id == "k1" else None

    async def ids() -> list[str]:
        asked.append("all")
        return ["k1"]

    api = slow(http_wrong_keys_burst=3, keyring=Keyring(find, ids))
    assert await statuses(api, 4, "wrong") == [401, 401, 401, 429]
    for number in range(50):
        assert await statuses(api, 1, f"dt_guess{number}_x") == [429]
    assert await statuses(api, 2, "dt_k1_guess") == [429, 429]
    assert await statuses(api, 2, "dt_k1_secret") == [200, 200]
    assert await statuses(api, 2) == [200, 200]
    assert asked == ["all", "k1"]


async def test_right_keys_pass_where_others_flood_without_one() -> None:
    api = slow(http_requests_burst=3)
    assert await statuses(api, 4, "", "/nowhere") == [404, 404, 404, 429]
    assert await statuses(api, 3) == [200] * 3


@pytest.mark.parametrize(("path", "status"), [("/notes/none", 404), ("/forbidden", 403), ("/notes?limit=0", 422)])
async def test_a_key_is_right_whatever_else_is_wrong(path: str, status: int) -> None:
    """Before there is a reason to verify it: who is right once counts for itself."""
    router = make_router("more")

    @router.get("/forbidden", dependencies=[Depends(Needs("orders:read"))])
    async def forbidden() -> None:
        raise Problem(403, "no", "No.")

    @router.get("/notes/none", dependencies=[Depends(Needs("orders:read"))])
    async def absent() -> None:
        raise Problem(404, "none", "None.")

    api = toy_api(before=(router,), http_requests_per_second=NEVER, http_requests_burst=2)
    assert await statuses(api, 1, path=path) == [status]
    assert await statuses(api, 3) == [200, 200, 429]


async def test_a_key_that_nobody_asked_about_is_not_right() -> None:
    """A path that is none is answered to anybody; a made-up key must not become a subject of its own by it."""
    api = slow(http_requests_burst=3)
    found = [(await statuses(api, 1, f"dt_{number}_x", "/nowhere"))[0] for number in range(5)]
    assert found == [404, 404, 404, 429, 429]


@pytest.mark.parametrize(
    ("address", "known_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_ipv6_network_of_one_customer_is_one_address(address: str, known_as: str) -> None:
    assert neighbourhood(address) == known_as


async def test_a_key_that_was_right_passes_where_its_neighbour_guesses() -> None:
    api = slow(http_wrong_keys_burst=3)
    assert await statuses(api, 1) == [200]
    assert await statuses(api, 4, "wrong") == [401, 401, 401, 429]
    assert await statuses(api, 2) == [200, 200]


SPELLINGS = (
    "Bearer {}",
    "bearer {}",
    "BEARER {}",
    "Bearer  {}",
    "Bearer    {}",
    "Bearer {} ",
    "Bearer \t{}",
    "bEARER  {}",
)


async def test_one_key_is_one_subject_however_its_header_is_written() -> None:
    api = slow(http_requests_burst=3)
    async with client(api) as http:
        found = []
        for spelling in SPELLINGS:
            answer = await http.get("/notes", headers={"authorization": spelling.format(KEY)})
            found.append(answer.status_code)
    assert found == [200] * 4 + [429] * 4  # the first counts for the address


async def test_a_stranger_with_many_keys_is_one_subject() -> None:
    api = slow(http_wrong_keys_burst=5)
    found = [(await statuses(api, 1, f"dt_{number}_x"))[0] for number in range(10)]
    assert found == [401] * 5 + [429] * 5


async def test_another_address_has_guesses_of_its_own() -> None:
    api = slow(http_wrong_keys_burst=1)
    assert await statuses(api, 2, "wrong") == [401, 429]
    elsewhere = httpx.ASGITransport(api, client=("192.0.2.7", 1))
    async with httpx.AsyncClient(transport=elsewhere, base_url="http://service") as http:
        assert (await http.get("/notes")).status_code == 401


@pytest.mark.parametrize("path", ["/health/live", "/metrics"])
async def test_probes_and_scrapes_are_never_counted(path: str) -> None:
    api = slow(http_wrong_keys_burst=1, http_requests_burst=1)
    assert await statuses(api, 2, "wrong") == [401, 429]
    assert set(await statuses(api, 20, path=path)) == {404}  # this API has none, but who asks is not told to wait


async def test_a_million_keys_leave_no_memory_behind() -> None:
    api = toy_api(http_wrong_keys_burst=10_000, http_requests_burst=10_000)
    async with client(api) as http:
        await asyncio.gather(
            *(http.get("/notes", headers={"authorization": f"Bearer dt_{number}_x"}) for number in range(300))
        )
    layer = api.middleware_stack
    while type(layer).__name__ != "Throttle":
        layer = getattr(layer, "app", None) or layer._app  # type: ignore[union-attr]
    assert (len(layer._requests), len(layer._wrong_keys)) == (1, 1)  # type: ignore[attr-defined]
