"""What partners, keys and adopted enterprises may be called, and when two names are one."""

import asyncio
from typing import Any

import httpx
import pytest

from .desk import Desk

pytestmark = pytest.mark.integration
WHY = {"why": "They asked."}
NAMED: dict[str, dict[str, Any]] = {
    "/partners": {},
    "/partners/p-ada/keys": WHY,
    "/partners/p-ada/enterprises": {"service_provider_id": "LAKESIDE"},
}
UNFIT = {
    "NUL": ("a\0b", "control-character"),
    "a line break": ("a\nb", "control-character"),
    "an override of direction": ("north\u202ewind", "control-character"),
    "no width": ("north\u200bwind", "control-character"),
    "blanks": ("   ", "blank"),
    "nothing that shows": ("\u3164", "blank"),
    "too much": ("x" * 81, "too-long"),
}


@pytest.mark.parametrize("path", list(NAMED))
@pytest.mark.parametrize("what", list(UNFIT))
async def test_what_is_no_name_is_refused_where_it_stands(
    operator: httpx.AsyncClient, ada_key: str, path: str, what: str
) -> None:
    name, code = UNFIT[what]
    answer = await operator.post(path, json={**NAMED[path], "name": name})
    found = [(one["pointer"], one["code"]) for one in answer.json().get("errors", ())]
    assert (answer.status_code, found) == (422, [("/name", code)]), answer.text


@pytest.mark.parametrize("path", list(NAMED))
async def test_a_name_is_kept_folded(operator: httpx.AsyncClient, ada_key: str, path: str) -> None:
    answer = await operator.post(path, json={**NAMED[path], "name": "  North\u00a0 Wind "})
    assert (answer.status_code, answer.json()["name"]) == (201, "North Wind")


@pytest.mark.parametrize("spelling", ["NORTHWIND", " northwind ", "\uff2eorth\uff57ind", "north\ufe0fwind"])
async def test_one_name_is_one_partner_however_it_is_spelt(operator: httpx.AsyncClient, spelling: str) -> None:
    assert (await operator.post("/partners", json={"name": "Northwind"})).status_code == 201
    again = await operator.post("/partners", json={"name": spelling})
    assert (again.status_code, again.json()["code"]) == (409, "partner-exists")


async def test_two_spellings_at_once_make_one_partner(desk: Desk, operator: httpx.AsyncClient) -> None:
    spellings = ("Northwind", "northwind", "NORTHWIND")
    answers = await asyncio.gather(*(operator.post("/partners", json={"name": name}) for name in spellings))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    assert await desk.pool.fetchval("SELECT count(*) FROM partners") == 1


@pytest.mark.parametrize("given", ["a\0b", "LAKE\u202eSIDE", "", "  ", "x" * 31, "\u00e4" * 16])
async def test_an_id_that_broadworks_cannot_have_is_refused(
    desk: Desk, operator: httpx.AsyncClient, ada_key: str, given: str
) -> None:
    adopted = {"name": "Lakeside", "service_provider_id": given}
    answer = await operator.post("/partners/p-ada/enterprises", json=adopted)
    found = [one["pointer"] for one in answer.json().get("errors", ())]
    assert (answer.status_code, found) == (422, ["/service_provider_id"]), answer.text
    assert await desk.pool.fetchval("SELECT count(*) FROM accounts") == 0


async def test_an_id_is_taken_as_broadworks_spells_it(desk: Desk, operator: httpx.AsyncClient, ada_key: str) -> None:
    adopted = {"name": "Lakeside", "service_provider_id": "Lake  Side"}
    assert (await operator.post("/partners/p-ada/enterprises", json=adopted)).status_code == 201
    assert await desk.pool.fetchval("SELECT broadworks_id FROM accounts") == "Lake  Side"
