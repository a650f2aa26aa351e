"""The keys of a partner: listed, added, revoked, rotated, and told to the other services."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from chassis.messaging.unit import Units
from contracts.partners import PARTNER_HAS, PartnerKey
from order_intake.application.keys import publish
from testkit.time import EPOCH

from .desk import Desk, new_partner

pytestmark = pytest.mark.integration
KEYS = "/partners/p-ada/keys"
WHY = {"why": "Their portal moves."}


def id_of(api_key: str) -> str:
    return api_key.split("_")[1]


async def facts(desk: Desk) -> list[PartnerKey]:
    messages = [one.message for one in await desk.published() if one.topic == "partners.keys"]
    return [one for one in messages if isinstance(one, PartnerKey)]


def undated(told: list[PartnerKey]) -> list[PartnerKey]:
    return [one.model_copy(update={"changed_at": EPOCH}) for one in told]


async def works(desk: Desk, key: str) -> int:
    async with desk.client(key) as portal:
        return (await portal.get("/orders")).status_code


@pytest.fixture
async def added(desk: Desk, ada_key: str, operator: httpx.AsyncClient) -> dict[str, Any]:
    answer = await operator.post(KEYS, json={**WHY, "name": "second portal"})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_partner_key_has_what_a_portal_needs_and_no_more(added: dict[str, Any], desk: Desk) -> None:
    assert set(added["scopes"]) == PARTNER_HAS
    assert (added["kind"], added["name"], added["state"], added["can_sign"]) == (
        "partner",
        "second portal",
        "active",
        True,
    )
    assert await works(desk, added["api_key"]) == 200


async def test_the_other_services_hear_of_a_key_and_nothing_to_sign_with(added: dict[str, Any], desk: Desk) -> None:
    (fact,) = await facts(desk)
    row = await desk.pool.fetchrow("SELECT * FROM api_keys WHERE key_id = $1", added["key_id"])
    assert (fact.key, fact.partner_id, fact.verifier) == (added["key_id"], "p-ada", row["secret_sha256"])
    assert (fact.changed_at, fact.revoked_at, fact.expires_at) == (row["changed_at"], None, None)
    assert row["signing_key"] not in fact.encode().decode()


async def test_what_was_done_to_a_key_is_written_down(added: dict[str, Any], desk: Desk) -> None:
    row = await desk.pool.fetchrow("SELECT * FROM operator_actions")
    assert (row["who"], row["action"], row["why"]) == ("m.alvarez", "add key", "Their portal moves.")
    assert json.loads(row["after"])["key_id"] == added["key_id"]
    assert added["api_key"].split("_", 2)[2] not in row["after"]


async def test_a_list_shows_no_secret_and_what_is_good_no_more(
    added: dict[str, Any], desk: Desk, operator: httpx.AsyncClient, ada_key: str
) -> None:
    await operator.post(f"{KEYS}/{id_of(ada_key)}/revoke", json=WHY)
    past = datetime.now(UTC) - timedelta(days=1)
    await desk.pool.execute("UPDATE api_keys SET expires_at = $1 WHERE key_id = $2", past, added["key_id"])
    shown = await operator.get(KEYS)
    assert [(one["key_id"], one["state"]) for one in shown.json()] == [
        (id_of(ada_key), "revoked"),
        (added["key_id"], "expired"),
    ]
    assert not {"api_key", "verifier", "signing_key", "secret_sha256"} & shown.json()[0].keys()


async def test_a_revoked_key_opens_nothing_at_once_and_everybody_hears_of_it(
    desk: Desk, operator: httpx.AsyncClient, ada_key: str
) -> None:
    assert await works(desk, ada_key) == 200
    answer = await operator.post(f"{KEYS}/{id_of(ada_key)}/revoke", json=WHY)
    assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
    assert await works(desk, ada_key) == 401
    (fact,) = await facts(desk)
    assert (fact.key, fact.revoked_at is not None) == (id_of(ada_key), True)
    again = await operator.post(f"{KEYS}/{id_of(ada_key)}/revoke", json=WHY)
    assert (again.status_code, again.json()["code"]) == (409, "key-not-in-force")


async def test_a_rotated_key_is_good_for_the_overlap(desk: Desk, operator: httpx.AsyncClient, ada_key: str) -> None:
    answer = await operator.post(f"{KEYS}/{id_of(ada_key)}/rotate", json={**WHY, "overlap": "P2D"})
    assert answer.status_code == 201
    assert (await works(desk, ada_key), await works(desk, answer.json()["api_key"])) == (200, 200)
    old, new = await facts(desk)
    assert old.expires_at is not None
    assert timedelta(days=1, hours=23) < old.expires_at - datetime.now(UTC) <= timedelta(days=2)
    assert (new.key, new.scopes, new.expires_at) == (answer.json()["key_id"], old.scopes, None)
    assert old.changed_at > datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("overlap", [-1, "-P1D", "P91D"])
async def test_an_overlap_that_is_too_short_or_too_long_is_told_as_it_was_sent(
    operator: httpx.AsyncClient, ada_key: str, overlap: int | str
) -> None:
    answer = await operator.post(f"{KEYS}/{id_of(ada_key)}/rotate", json={**WHY, "overlap": overlap})
    expected = "a length of time from 0 seconds to 90 days, such as PT30M or P1D, or seconds"
    (fault,) = answer.json()["errors"]
    assert (fault["pointer"], fault["detail"]) == ("/overlap", f"{overlap!r} does not fit; expected {expected}")


async def test_a_key_that_is_rotated_without_overlap_is_over(
    desk: Desk, operator: httpx.AsyncClient, ada_key: str
) -> None:
    await operator.post(f"{KEYS}/{id_of(ada_key)}/rotate", json={**WHY, "overlap": "PT0S"})
    assert await works(desk, ada_key) == 401


async def test_a_key_of_before_signing_keys_signs_after_it_was_rotated(
    desk: Desk, operator: httpx.AsyncClient, ada_key: str
) -> None:
    await desk.pool.execute("UPDATE api_keys SET signing_key = NULL")
    (before,) = (await operator.get(KEYS)).json()
    rotated = (await operator.post(f"{KEYS}/{id_of(ada_key)}/rotate", json=WHY)).json()
    assert (before["can_sign"], rotated["can_sign"]) == (False, True)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a scope of operators": ({"scopes": ["ops:read"]}, "/scopes"),
    "no scope at all": ({"scopes": ["orders:delete"]}, "/scopes/0"),
    "no reason": ({"why": ""}, "/why"),
    "an expiry in the past": ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
    "an expiry that nobody lives to see": ({"expires_at": "9999-12-31T23:59:59-23:00"}, "/expires_at"),
    "a kind of ours": ({"kind": "operator"}, "/kind"),
    "a misspelt field": ({"scope": []}, "/scope"),
}


@pytest.mark.parametrize("what", list(WRONG))
async def test_a_key_that_cannot_be_is_refused_with_its_field(
    desk: Desk, operator: httpx.AsyncClient, ada_key: str, what: str
) -> None:
    given, pointer = WRONG[what]
    answer = await operator.post(KEYS, json={**WHY, **given})
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer])
    assert await desk.pool.fetchval("SELECT count(*) FROM api_keys") == 1


async def test_keys_of_nobody_are_not_found(operator: httpx.AsyncClient, ada_key: str) -> None:
    for method, path in (("GET", ""), ("POST", ""), ("POST", "/k/revoke"), ("POST", "/k/rotate")):
        answer = await operator.request(method, f"/partners/p-none/keys{path}", json=WHY)
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-partner")
    for act in ("revoke", "rotate"):
        answer = await operator.post(f"{KEYS}/0123456789ab/{act}", json=WHY)
        assert (answer.status_code, answer.json()["code"]) == (404, "no-such-key")


async def test_a_partner_minds_its_own_keys_only_when_it_was_given_the_scope(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    assert (await ada.get(KEYS)).status_code == 403
    scopes = frozenset({"credentials:read", "credentials:write", "orders:read"})
    _, key = await new_partner(desk.pool, "p-cleo", "Cleo Net", scopes=scopes)
    async with desk.client(key) as cleo:
        assert len((await cleo.get("/partners/p-cleo/keys")).json()) == 1
        more = await cleo.post("/partners/p-cleo/keys", json={**WHY, "scopes": ["orders:write"]})
        less = await cleo.post("/partners/p-cleo/keys", json={**WHY, "scopes": ["orders:read"]})
        assert (more.status_code, more.json()["errors"][0]["code"]) == (422, "scope-not-given")
        assert less.status_code == 201
        for path in (KEYS, "/partners/p-none/keys"):
            assert (await cleo.get(path)).json()["code"] == "no-such-partner"
            assert (await cleo.post(path, json=WHY)).json()["code"] == "no-such-partner"
        assert (await cleo.get("/partners")).status_code == 403


async def test_every_start_tells_all_keys_again_as_they_are(
    desk: Desk, operator: httpx.AsyncClient, ada_key: str
) -> None:
    await operator.post(f"{KEYS}/{id_of(ada_key)}/revoke", json=WHY)
    told = await facts(desk)
    await desk.parts.start()
    assert undated(await facts(desk)) == undated(told)


async def test_all_keys_are_told_again_once_in_a_while(desk: Desk, operator: httpx.AsyncClient, ada_key: str) -> None:
    await operator.post(f"{KEYS}/{id_of(ada_key)}/revoke", json=WHY)
    told = await facts(desk)
    impatient = await Desk.of(desk.settings.model_copy(update={"facts_told_every": 1e-9}), desk.pool)
    for parts, again in ((desk.parts, []), (impatient.parts, told), (impatient.parts, told)):
        await parts.start()
        assert undated(await facts(desk)) == undated(told)
        await parts.jobs[-1][1]()  # as the jobs of the frame do, minute by minute
        assert undated(await facts(desk)) == undated(again)


async def test_many_keys_are_told_page_by_page_each_once(desk: Desk, ada_key: str) -> None:
    for number in range(6):
        await new_partner(desk.pool, f"p-{number}", f"Partner {number}")
    for size in (1, 3, 7, 8):
        await publish(Units(desk.pool, "order-intake", desk.settings.clock), size)
        rows = await desk.pool.fetch("SELECT key_id FROM api_keys ORDER BY key_id")
        assert [one.key for one in await facts(desk)] == [row["key_id"] for row in rows]


async def test_a_key_that_is_being_changed_is_told_as_it_becomes(desk: Desk, ada_key: str) -> None:
    """Else its older fact could be told last, and a revoked key would be known as a good one."""
    async with desk.pool.acquire() as connection:
        async with connection.transaction():
            await connection.execute("UPDATE api_keys SET revoked_at = now()")
            telling = asyncio.create_task(desk.parts.start())
            await asyncio.wait([telling], timeout=0.3)
        await telling
    (fact,) = await facts(desk)
    assert fact.revoked_at is not None


async def test_a_key_of_an_application_acts_for_a_person_who_is_written_down(
    desk: Desk, operator: httpx.AsyncClient, ada_key: str
) -> None:
    made = await operator.post(KEYS, json={**WHY, "kind": "application", "name": "helpdesk"})
    await desk.pool.execute("DELETE FROM operator_actions")
    async with desk.client(made.json()["api_key"]) as application:
        unnamed = await application.get("/orders")
        assert (unnamed.status_code, unnamed.json()["code"]) == (400, "person-needed")
        application.headers["on-behalf-of"] = "Grace Hopper"
        order_id = await desk.submit(application)
        assert (await application.post(f"/orders/{order_id}/cancel", json={"reason": "Typo."})).status_code == 202
    rows = await desk.pool.fetch("SELECT who, action, order_id FROM operator_actions ORDER BY action_id")
    who = "Grace Hopper by helpdesk of p-ada"
    assert [tuple(row) for row in rows] == [(who, "submit", order_id), (who, "cancel", order_id)]


@pytest.mark.parametrize("name", [{}, {"name": ""}, {"name": " "}, {"name": "\u200b"}])
async def test_an_application_key_says_which_application_it_is(
    operator: httpx.AsyncClient, name: dict[str, str]
) -> None:
    answer = await operator.post(KEYS, json={**WHY, "kind": "application", **name})
    assert answer.status_code == 422
    assert [one["pointer"] for one in answer.json()["errors"]] == ["/name"]


async def test_a_key_that_is_not_active_signs_nothing(added: dict[str, Any], operator: httpx.AsyncClient) -> None:
    revoked = await operator.post(f"{KEYS}/{added['key_id']}/revoke", json=WHY)
    assert (revoked.json()["state"], revoked.json()["can_sign"]) == ("revoked", False)


async def test_operators_see_how_many_keys_of_each_partner_are_good(
    added: dict[str, Any], operator: httpx.AsyncClient
) -> None:
    async def living() -> list[int]:
        partners = (await operator.get("/partners")).json()
        return [one["living_keys"] for one in partners if one["partner_id"] == "p-ada"]

    assert await living() == [2]
    await operator.post(f"{KEYS}/{added['key_id']}/revoke", json=WHY)
    assert await living() == [1]
