"""The cases of the door by HTTP and by Kafka: one judge, the same answers."""

import json
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from contracts.orders import OrderRejected
from testkit.door_cases import Case, load

from .desk import Desk
from .portal import Submission

pytestmark = pytest.mark.integration
CASES = load(Path(__file__).parents[1] / "cases" / "door.json")


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_by_http(ada: httpx.AsyncClient, case: Case) -> None:
    answer = await ada.post("/orders", content=case.text(datetime.now(UTC)))
    assert answer.status_code == case.status, answer.text
    told = {one["pointer"] for one in answer.json().get("errors", [])}
    assert told == ({case.pointer} if case.pointer else set())


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_by_kafka(desk: Desk, submission: Submission, case: Case) -> None:
    value = json.dumps({"order_id": "their-key", "form": case.form(datetime.now(UTC))})
    await desk.deliver(submission(value=value))
    told = [one.message for one in await desk.published() if one.topic == "orders.rejections"]
    if case.status == 202:
        assert told == []
        assert await desk.pool.fetchval("SELECT count(*) FROM orders") == 1
        return
    (rejected,) = told
    assert isinstance(rejected, OrderRejected)
    assert {fault.pointer for fault in rejected.faults} == {case.pointer}


NOTES = {
    "unknown package": "Enterprise",
    "package in other letters": "'Enterprise Standard'",
    "zone in small letters": "America/New_York",
    "ZIP of another state": "NJ has no ZIP code 90210",
    "package of the back office": "back office",
    "more numbers than an order may have": "2000",
}


@pytest.mark.parametrize(("name", "words"), NOTES.items(), ids=NOTES)
async def test_the_fault_says_what_would_do(ada: httpx.AsyncClient, name: str, words: str) -> None:
    case = next(one for one in CASES if one.name == name)
    answer = await ada.post("/orders", content=case.text(datetime.now(UTC)))
    (fault,) = answer.json()["errors"]
    assert words in fault["detail"]


KEPT = {
    "international domain": ("customer", "domain", "xn--bcher-kva.example"),
    "zone by its old name": ("customer", "time_zone", "America/New_York"),
    "name with blanks around and doubled": ("", "enterprise", "Lakeside Veterinary"),
    "name with markup": ("", "enterprise", "<b>Lakeside</b>"),
}


@pytest.mark.parametrize("name", KEPT)
async def test_what_is_accepted_is_kept_in_one_spelling(desk: Desk, ada: httpx.AsyncClient, name: str) -> None:
    case = next(one for one in CASES if one.name == name)
    answer = await ada.post("/orders", content=case.text(datetime.now(UTC)))
    block, field, kept = KEPT[name]
    form = json.loads((await desk.row(answer.json()["id"]))["subject"])["form"]
    assert (form[block] if block else form)[field] == kept


async def test_a_number_as_people_write_it_is_kept_in_e164(desk: Desk, ada: httpx.AsyncClient) -> None:
    case = next(one for one in CASES if one.name == "chosen number written as people do")
    answer = await ada.post("/orders", content=case.text(datetime.now(UTC)))
    form = json.loads((await desk.row(answer.json()["id"]))["subject"])["form"]
    assert [one["number"] for one in form["numbers"]] == ["+19735550142"]


async def test_a_zone_unlike_the_state_is_accepted_with_a_warning(ada: httpx.AsyncClient) -> None:
    case = next(one for one in CASES if one.name == "zone unlike the state")
    answer = await ada.post("/orders", content=case.text(datetime.now(UTC)))
    assert [(one["pointer"], one["code"]) for one in answer.json()["warnings"]] == [
        ("/customer/time_zone", "zone-unlike-state")
    ]
