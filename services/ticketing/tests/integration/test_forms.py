"""The form that resolves a ticket, as HTTP takes and refuses it: every fault at once, and nothing is changed."""

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
    ],
)
async def test_a_form_without_proof_is_refused(resolve: Resolve, form: dict[str, Any], pointers: list[str]) -> None:
    answer = await resolve(TRUNK_A, **form)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers


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
