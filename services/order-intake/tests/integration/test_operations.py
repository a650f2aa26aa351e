"""What operators set up: partners with their keys, and enterprises that BroadWorks has already."""

import asyncio

import httpx
import pytest

from chassis.http.access import sha256
from contracts.broadsoft import ProvisionGroup

from ..builders import customer
from .desk import OPERATORS, Desk, body

pytestmark = pytest.mark.integration
HARBOR = {"name": "Harbor Dental Group", "service_provider_id": "HDG_SP"}


async def test_a_new_partner_gets_a_key_that_works_at_once(desk: Desk, operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/partners", json={"name": "Cleo Net"})
    made = answer.json()
    assert (answer.status_code, made["name"]) == (201, "Cleo Net")
    async with desk.client(made["api_key"]) as portal:
        order_id = await desk.submit(portal)
    assert (await desk.row(order_id))["partner_id"] == made["partner_id"]


async def test_a_key_is_kept_as_its_hash_only(desk: Desk, operator: httpx.AsyncClient) -> None:
    key = (await operator.post("/partners", json={"name": "Cleo Net"})).json()["api_key"]
    prefix, key_id, secret = key.split("_", 2)
    row = await desk.pool.fetchrow("SELECT * FROM api_keys WHERE key_id = $1", key_id)
    assert (prefix, row["secret_sha256"]) == ("dt", sha256(secret))
    assert row["signing_key"] == sha256(f"signing:{secret}")
    assert len(secret) >= 40


async def test_a_partner_that_exists_gets_no_other_key_unasked(desk: Desk, operator: httpx.AsyncClient) -> None:
    first, second = [await operator.post("/partners", json={"name": "Cleo Net"}) for _ in range(2)]
    assert (first.status_code, second.status_code, second.json()["code"]) == (201, 409, "partner-exists")
    assert await desk.pool.fetchval("SELECT count(*) FROM api_keys") == 1


async def test_the_partners_are_listed_by_name(operator: httpx.AsyncClient, ada_key: str) -> None:
    await operator.post("/partners", json={"name": "Aaron Tel"})
    assert [one["name"] for one in (await operator.get("/partners")).json()] == ["Aaron Tel", "Ada Telecom"]


async def test_two_operators_that_make_one_partner_at_once_make_one(desk: Desk, operator: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(operator.post("/partners", json={"name": "Cleo Net"}) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    assert await desk.pool.fetchval("SELECT count(*) FROM partners") == 1


@pytest.mark.parametrize("name", ["", "x" * 81])
async def test_a_partner_has_a_name(operator: httpx.AsyncClient, name: str) -> None:
    assert (await operator.post("/partners", json={"name": name})).status_code == 422


async def test_an_adopted_enterprise_is_ordered_for_and_not_built_again(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    answer = await operator.post("/partners/p-ada/enterprises", json=HARBOR)
    assert answer.status_code == 201
    await desk.submit(ada, kind="new-group", customer=customer(account_name="Trenton"))
    await desk.carry_on()
    (provision,) = desk.sent(ProvisionGroup)
    assert provision.enterprise.service_provider_id == "HDG_SP"
    assert (provision.enterprise.new, provision.group.new) == (False, True)


async def test_an_enterprise_is_adopted_once(ada: httpx.AsyncClient, operator: httpx.AsyncClient) -> None:
    first, second = [await operator.post("/partners/p-ada/enterprises", json=HARBOR) for _ in range(2)]
    assert first.json() == second.json()
    other = await operator.post("/partners/p-ada/enterprises", json={**HARBOR, "service_provider_id": "OTHER"})
    assert (other.status_code, other.json()["code"]) == (409, "enterprise-exists")


async def test_two_operators_that_adopt_at_once_adopt_once(
    desk: Desk, ada: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    answers = await asyncio.gather(*(operator.post("/partners/p-ada/enterprises", json=HARBOR) for _ in range(3)))
    assert {one.status_code for one in answers} <= {201, 409}
    assert await desk.pool.fetchval("SELECT count(*) FROM accounts") == 1


async def test_nothing_is_adopted_for_a_partner_that_is_not_there(desk: Desk, operator: httpx.AsyncClient) -> None:
    answer = await operator.post("/partners/nobody/enterprises", json=HARBOR)
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-partner")
    assert await desk.pool.fetchval("SELECT count(*) FROM accounts") == 0


async def test_every_operator_acts_under_a_name_of_their_own(desk: Desk, ada: httpx.AsyncClient, fallen: str) -> None:
    async with desk.client(OPERATORS["r.chen"]) as chen:
        await chen.post(f"/dead-letters/{fallen}-1/replay", json={"why": "Mended."})
    assert await desk.pool.fetchval("SELECT who FROM operator_actions") == "r.chen"


async def test_an_edited_form_in_which_a_field_stands_twice_is_refused_as_one_that_is_submitted(
    ada: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    form = body()[:-1] + ', "notes": "a", "notes": "b"}'
    submitted = await ada.post("/orders", content=form)
    headers = {"content-type": "application/json"}
    replay = f'{{"why": "x", "form": {form}}}'
    edited = await operator.post("/dead-letters/none/replay", content=replay, headers=headers)
    found = [[(one["pointer"], one["code"]) for one in answer.json()["errors"]] for answer in (submitted, edited)]
    assert found == [[("/notes", "twice")], [("/form/notes", "twice")]]
