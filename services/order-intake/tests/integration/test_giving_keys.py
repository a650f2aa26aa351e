"""Nobody gives a key more than they have: neither scopes nor a kind nor a life; and a partner has so many keys."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from .desk import Desk, new_partner

pytestmark = pytest.mark.integration
WHY = {"why": "Their portal moves."}
KEYS = "/partners/p-cleo/keys"
MINDS_KEYS = frozenset({"credentials:read", "credentials:write", "orders:read"})
END = datetime.now(UTC).replace(microsecond=0) + timedelta(days=30)
Giver = httpx.AsyncClient


async def giver(desk: Desk, **facts: Any) -> Giver:
    _, key = await new_partner(desk.pool, "p-cleo", "Cleo Net", scopes=MINDS_KEYS, **facts)
    made = desk.client(key)
    if facts.get("kind") == "application":
        made.headers["on-behalf-of"] = "Grace Hopper"
    return made


async def asked(giver: Giver, **facts: Any) -> tuple[int, list[tuple[str, str]]]:
    answer = await giver.post(KEYS, json={**WHY, "scopes": ["orders:read"], **facts})
    return answer.status_code, [(one["pointer"], one["code"]) for one in answer.json().get("errors", ())]


async def test_an_application_makes_no_key_that_names_no_person(desk: Desk) -> None:
    async with await giver(desk, kind="application") as helpdesk:
        assert await asked(helpdesk) == (422, [("/kind", "kind-not-given")])
        assert await asked(helpdesk, kind="partner") == (422, [("/kind", "kind-not-given")])
        assert await asked(helpdesk, kind="application", name="helpdesk") == (201, [])


async def test_an_application_does_not_rotate_a_key_of_the_partner_into_its_hands(
    desk: Desk, operator: httpx.AsyncClient
) -> None:
    async with await giver(desk, kind="application") as helpdesk:
        portal = (await operator.post(KEYS, json=WHY)).json()["key_id"]
        answer = await helpdesk.post(f"{KEYS}/{portal}/rotate", json=WHY)
        assert (answer.status_code, answer.json()["code"]) == (403, "kind-not-given")
        own = [one["key_id"] for one in (await helpdesk.get(KEYS)).json() if one["kind"] == "application"]
        assert (await helpdesk.post(f"{KEYS}/{own[0]}/rotate", json=WHY)).json()["kind"] == "application"
    assert (await desk.pool.fetchval("SELECT expires_at FROM api_keys WHERE key_id = $1", portal)) is None


@pytest.mark.parametrize(
    ("expires_at", "status"),
    [(None, 422), (END + timedelta(seconds=1), 422), (END, 201), (END - timedelta(days=1), 201)],
)
async def test_a_key_that_ends_makes_none_that_outlives_it(
    desk: Desk, expires_at: datetime | None, status: int
) -> None:
    async with await giver(desk, expires_at=END) as ending:
        found = await asked(ending, expires_at=expires_at.isoformat() if expires_at else None)
        assert found == (status, [("/expires_at", "life-not-given")] if status == 422 else [])


async def test_a_key_that_ends_is_rotated_by_itself_into_one_that_ends_then(desk: Desk) -> None:
    async with await giver(desk, expires_at=END) as ending:
        (own,) = (await ending.get(KEYS)).json()
        rotated = (await ending.post(f"{KEYS}/{own['key_id']}/rotate", json=WHY)).json()
        assert datetime.fromisoformat(rotated["expires_at"]) == END


async def test_whose_key_does_not_end_and_who_operates_give_keys_for_ever(
    desk: Desk, operator: httpx.AsyncClient
) -> None:
    async with await giver(desk) as lasting:
        assert (await asked(lasting), await asked(operator)) == ((201, []), (201, []))


LATER = END + timedelta(days=300)


@pytest.mark.parametrize(
    ("asked_for", "ends"), [({}, END), ({"expires_at": LATER.isoformat()}, LATER), ({"expires_at": None}, None)]
)
async def test_a_rotated_key_ends_when_the_old_one_was_to_unless_it_is_said_otherwise(
    desk: Desk, operator: httpx.AsyncClient, asked_for: dict[str, Any], ends: datetime | None
) -> None:
    async with await giver(desk):
        pass
    old = (await operator.post(KEYS, json={**WHY, "expires_at": END.isoformat()})).json()["key_id"]
    rotated = (await operator.post(f"{KEYS}/{old}/rotate", json={**WHY, **asked_for})).json()["expires_at"]
    assert (rotated and datetime.fromisoformat(rotated)) == ends


@pytest.mark.parametrize("expires_at", [None, LATER.isoformat()])
async def test_a_key_that_ends_rotates_into_none_that_outlives_it(desk: Desk, expires_at: str | None) -> None:
    async with await giver(desk, expires_at=END) as ending:
        (own,) = (await ending.get(KEYS)).json()
        answer = await ending.post(f"{KEYS}/{own['key_id']}/rotate", json={**WHY, "expires_at": expires_at})
    assert (answer.status_code, answer.json()["code"]) == (403, "life-not-given")


async def test_a_key_is_not_rotated_into_one_that_is_over(desk: Desk, operator: httpx.AsyncClient) -> None:
    async with await giver(desk) as lasting:
        (own,) = (await lasting.get(KEYS)).json()
    over = {**WHY, "expires_at": "2020-01-01T00:00:00Z"}
    answer = await operator.post(f"{KEYS}/{own['key_id']}/rotate", json=over)
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/expires_at"]


@pytest.mark.parametrize("scope", ["ops:read", "ops:write"])
async def test_no_partner_begins_with_what_no_partner_may_have(operator: httpx.AsyncClient, scope: str) -> None:
    answer = await operator.post("/partners", json={"name": "Dora Tel", "scopes": ["orders:read", scope]})
    found = [(one["pointer"], one["code"]) for one in answer.json()["errors"]]
    assert (answer.status_code, found) == (422, [("/scopes", "scope-not-given")])
    assert scope in answer.json()["errors"][0]["detail"]
    assert (await operator.get("/partners")).json() == []


async def test_a_partner_has_fifty_living_keys_at_most(desk: Desk, operator: httpx.AsyncClient) -> None:
    async with await giver(desk) as cleo:
        answers = await asyncio.gather(*(cleo.post(KEYS, json={**WHY, "scopes": []}) for _ in range(52)))
        refused = [one for one in answers if one.status_code != 201]
        assert [(one.status_code, one.json()["code"]) for one in refused] == [(409, "too-many-keys")] * 3
        assert "50" in refused[0].json()["detail"]
        one, another, *_ = [answer.json()["key_id"] for answer in answers if answer.status_code == 201]
        kept = await cleo.post(f"{KEYS}/{one}/rotate", json=WHY)
        assert (kept.status_code, kept.json()["code"]) == (409, "too-many-keys")
        assert (await cleo.post(f"{KEYS}/{one}/rotate", json={**WHY, "overlap": "PT0S"})).status_code == 201
        assert (await operator.post(KEYS, json=WHY)).status_code == 409
        assert (await cleo.post(f"{KEYS}/{another}/revoke", json=WHY)).status_code == 200
        assert (await operator.post(KEYS, json=WHY)).status_code == 201
