"""The form that resolves a ticket, as HTTP takes and refuses it: every fault at once, and nothing is changed."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from .tickets import BUILT, E911, TRUNK_A, Published, Resolve

pytestmark = pytest.mark.usefixtures("order")


async def test_all_faults_come_at_once_and_nothing_is_changed(
    resolve: Resolve, published: Published, http: httpx.AsyncClient
) -> None:
    answer = await resolve(TRUNK_A, outcome="done", activated_on="tomorrow", numbers_confirmed="yes", trunk="A")
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert {fault["pointer"]: fault["code"] for fault in answer.json()["errors"]} == {
        "/activated_on": "not-a-date",
        "/numbers_confirmed": "not-a-flag",
        "/trunk": "unknown-field",
        "/trunk_group": "missing",
    }
    assert await published() == []
    assert (await http.get(f"/tickets/{TRUNK_A}")).json()["state"] == "acknowledged"


@pytest.mark.parametrize(
    ("form", "pointers"),
    [
        ({}, ["/outcome"]),
        ({"outcome": "perhaps"}, ["/outcome"]),
        ({"outcome": "done"}, ["/activated_on", "/trunk_group", "/numbers_confirmed"]),
        ({**BUILT, "numbers_confirmed": False}, ["/numbers_confirmed"]),
        ({**BUILT, "trunk_group": "  "}, ["/trunk_group"]),
        ({**BUILT, "activated_on": "9999-12-31"}, ["/activated_on"]),
        ({**BUILT, "activated_on": 20260301}, ["/activated_on"]),
        ({**BUILT, "note": "\x00"}, ["/note"]),
        ({**BUILT, "trunk_group": "TG\u202e17"}, ["/trunk_group"]),
        ({**BUILT, "reason": None}, ["/reason"]),
        ({"outcome": "cannot-do", "reason": " "}, ["/reason"]),
        ({"outcome": "cannot-do", "reason": "\u200b"}, ["/reason"]),
        ({**BUILT, "note": "\u3164"}, ["/note"]),
    ],
)
async def test_a_form_without_proof_is_refused(resolve: Resolve, form: dict[str, Any], pointers: list[str]) -> None:
    answer = await resolve(TRUNK_A, **form)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers


@pytest.mark.parametrize(
    ("days_from_now", "code"),
    [(-46_000, "too-early"), (-40, "too-early"), (2, "in-the-future"), (400, "in-the-future")],
)
@pytest.mark.parametrize("name", [TRUNK_A, E911])
async def test_an_activation_that_cannot_have_been_is_refused_with_the_days_that_can(
    resolve: Resolve, http: httpx.AsyncClient, name: str, days_from_now: int, code: str
) -> None:
    day = (datetime.now(UTC) + timedelta(days=days_from_now)).date()
    answer = await resolve(name, **{**BUILT, "activated_on": str(day)})
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["pointer"], fault["code"]) == (422, "/activated_on", code)
    said = re.search(rf"^{day} .*expected a date from (\S+) to (\S+)$", fault["detail"])
    assert said is not None, fault["detail"]
    for taken in said.groups():
        assert (await resolve(name, **{**BUILT, "activated_on": taken})).status_code in (200, 409)
    assert (await http.get(f"/tickets/{name}")).json()["resolution"]["activated_on"] == said[1]


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, {"/outcome": "'done' or 'cannot-do'"}),
        ({"outcome": "cannot-do"}, {"/reason": "why it cannot be done, in at most 4,000 characters"}),
        (
            {"outcome": "done", "activated_on": "soon"},
            {
                "/activated_on": "'soon' does not fit; expected a date from 2",
                "/trunk_group": "the name of the trunk group as built, at most 80 characters",
                "/numbers_confirmed": "true, when the numbers were called and ring",
            },
        ),
    ],
)
async def test_what_is_missing_is_told_with_what_is_taken(
    resolve: Resolve, form: dict[str, Any], said: dict[str, str]
) -> None:
    told = {one["pointer"]: one["detail"] for one in (await resolve(TRUNK_A, **form)).json()["errors"]}
    assert told.keys() == said.keys()
    assert [words for pointer, words in said.items() if words not in told[pointer]] == []


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"outcome": ', 400),
        (b"[1]", 422),
        (b'{"outcome": "done", "note": "\\ud800"}', 422),
        (b'{"outcome": "done", "activated_on": NaN}', 400),
        (b'{"outcome": "done", "": 1}', 422),
        (b'{"outcome": "done", "a/b": 1, "trunk_group": {"b": 1}}', 422),
        (b'{"outcome": "done", "": 1, "note": "\\ud800"}', 422),
    ],
)
async def test_a_body_that_is_no_form_is_a_problem(http: httpx.AsyncClient, body: bytes, status: int) -> None:
    answer = await http.post(f"/tickets/{E911}/resolve", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["errors"]
