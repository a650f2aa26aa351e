"""What a portal sees of its orders: the list with its filters, and one order whole."""

from typing import Any

import httpx
import pytest

from ..builders import BACKORDER, PLAIN, SEATS, TRUNK
from .desk import Desk

pytestmark = pytest.mark.integration


@pytest.fixture
async def three(desk: Desk, ada: httpx.AsyncClient) -> list[str]:
    """Newest first: the last of them is completed."""
    first = await desk.submit(ada, external_id="PO-1", enterprise="One")
    await desk.carry_on()
    rest = [await desk.submit(ada, external_id=f"PO-{n}", enterprise=f"E {n}") for n in (2, 3)]
    return [*reversed(rest), first]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2]),
        ("?state=completed", [2]),
        ("?state=acknowledged", [0, 1]),
        ("?state=acknowledged&state=completed", [0, 1, 2]),
        ("?state=failed", []),
        ("?external_id=PO-2", [1]),
        ("?limit=1", [0]),
        ("?limit=1&offset=2", [2]),
        ("?offset=9", []),
    ],
)
async def test_orders_are_listed_newest_first(
    ada: httpx.AsyncClient, three: list[str], query: str, found: list[int]
) -> None:
    listed = (await ada.get(f"/orders{query}")).json()
    assert [one["id"] for one in listed] == [three[index] for index in found]


@pytest.mark.parametrize("query", ["?limit=0", "?limit=201", "?offset=-1", "?limit=x"])
async def test_a_page_has_its_bounds(ada: httpx.AsyncClient, query: str) -> None:
    assert (await ada.get(f"/orders{query}")).status_code == 422


async def test_a_line_of_the_list_is_short(ada: httpx.AsyncClient, three: list[str]) -> None:
    line = (await ada.get("/orders?limit=1")).json()[0]
    assert line.pop("submitted_at")
    assert line == {
        "id": three[0],
        "external_id": "PO-3",
        "partner_id": "p-ada",
        "kind": "new-enterprise",
        "account_name": "Harbor Dental Morristown",
        "state": "acknowledged",
        "reason": "",
        "run": 1,
        "ended_at": None,
    }


async def test_a_whole_order_tells_what_became_of_everything(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada, items=(SEATS, TRUNK), numbers=(PLAIN,), number_searches=(BACKORDER,))
    await desk.carry_on()
    found: dict[str, Any] = (await ada.get(f"/orders/{order_id}")).json()
    assert [(one["id"], one["package"], one["quantity"], one["trunking"]) for one in found["items"]] == [
        ("1", "Enterprise Standard", 2, False),
        ("2", "Standard Select Voice Lines", 4, True),
    ]
    assert found["numbers"]["backordered"] == [{"npa": "609", "nxx": None, "quantity": 3, "trunking": False}]
    assert (found["charges"]["first_invoice"], found["charges"]["monthly"]) == ("31.40", "34.90")
    assert (found["charges"]["billing_start"], found["charges"]["before_taxes"]) == ("2027-03-04", True)
    assert found["enterprise"]["name"] == "Harbor Dental Group"
    assert found["form"]["external_id"] == "PO-1"
    assert found["operator_actions"] == []
    assert found["final"] is False


async def test_an_order_that_was_just_accepted_tells_what_is_not_yet(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    found = (await ada.get(f"/orders/{order_id}")).json()
    assert (found["charges"], found["users"], found["numbers"]["reserved"]) == (None, [], [])
    assert [one["what"] for one in found["timeline"]] == ["started", "sent"]


async def test_the_etag_changes_with_the_order_and_not_without(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    first = (await ada.get(f"/orders/{order_id}")).headers["etag"]
    assert (await ada.get(f"/orders/{order_id}")).headers["etag"] == first
    await desk.carry_on()
    answer = await ada.get(f"/orders/{order_id}")
    assert answer.headers["etag"] != first
    assert answer.headers["etag"] == f'"{answer.json()["version"]}"'


async def test_the_time_line_tells_how_long_each_step_took(desk: Desk, ada: httpx.AsyncClient) -> None:
    order_id = await desk.submit(ada)
    await desk.carry_on()
    lines = (await ada.get(f"/orders/{order_id}")).json()["timeline"]
    done = {one["step"]: one["seconds"] for one in lines if one["what"] == "done"}
    assert set(done) == {"price order", "provision group", "open tickets", "start billing", "close tickets"}
    assert all(seconds >= 0 for seconds in done.values())
    assert [one["what"] for one in lines if not one["step"]] == ["started", "past the pivot", "completed"]


async def test_the_time_line_of_a_replay_never_took_less_than_no_time(
    ada: httpx.AsyncClient, operator: httpx.AsyncClient, desk: Desk, fallen: str
) -> None:
    await desk.published()
    await operator.post(f"/dead-letters/{fallen}-1/replay", json={"why": "Again."})
    await desk.carry_on()
    lines = (await ada.get(f"/orders/{fallen}")).json()["timeline"]
    assert all(one["seconds"] >= 0 for one in lines if "seconds" in one)
    assert lines[-1]["what"] == "completed"
