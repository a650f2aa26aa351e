"""What operators see and say over HTTP."""

import httpx
import pytest
from prometheus_client import REGISTRY

from chassis.runtime.database import Pool
from contracts.tickets import CloseTickets, Detail, OpenTickets, TicketRequest
from ticketing.measures import measure

from .tickets import SETUP, Deliver


@pytest.fixture(autouse=True)
async def orders(deliver: Deliver) -> None:
    """Two orders: T-000001 and T-000002 of o-1, T-000003 of o-2."""
    trunk = TicketRequest(
        kind="trunking", item_id="1", summary="Build trunk", details=(Detail(name="Call paths", value="4"),)
    )
    await deliver(
        OpenTickets(
            order_id="o-1", run=1, partner_id="p-1", tickets=(TicketRequest(kind="order", summary="One"), trunk)
        ),
        OpenTickets(order_id="o-2", run=1, partner_id="p-2", tickets=(TicketRequest(kind="order", summary="Two"),)),
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["T-000003", "T-000002", "T-000001"]),
        ("?kind=order", ["T-000003", "T-000001"]),
        ("?kind=setup", []),
        ("?state=acknowledged&order_id=o-1", ["T-000002", "T-000001"]),
        ("?state=resolved", []),
        ("?limit=1&offset=1", ["T-000002"]),
    ],
)
async def test_tickets_are_listed_newest_first(http: httpx.AsyncClient, query: str, found: list[str]) -> None:
    answer = await http.get(f"/tickets{query}")
    assert [ticket["ticket_id"] for ticket in answer.json()] == found


@pytest.mark.parametrize("query", ["kind=fax", "state=done", "limit=0", "limit=5000", "offset=-1", "kinds=fax"])
async def test_a_filter_that_means_nothing_is_a_problem(http: httpx.AsyncClient, query: str) -> None:
    answer = await http.get(f"/tickets?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_the_api_documents_the_filters_and_the_largest_page(http: httpx.AsyncClient) -> None:
    described = (await http.get("/openapi.json")).json()["paths"]["/tickets"]["get"]["parameters"]
    found = {one["name"]: one["schema"] for one in described}
    assert set(found) == {"kind", "state", "order_id", "limit", "offset"}
    limit = found["limit"]
    assert (limit["minimum"], limit["maximum"], limit["default"]) == (1, 1000, 100)


async def test_one_ticket_shows_its_details_and_its_history(http: httpx.AsyncClient) -> None:
    ticket = (await http.get("/tickets/T-000002")).json()
    assert ticket["details"] == [{"name": "Call paths", "value": "4"}]
    assert ticket["resolution"] is None
    assert [(line["who"], line["what"]) for line in ticket["history"]] == [("order-intake", "opened")]
    assert {name: ticket[name] for name in ("order_id", "item_id", "kind", "state", "partner_id", "due")} == {
        "order_id": "o-1",
        "item_id": "1",
        "kind": "trunking",
        "state": "acknowledged",
        "partner_id": "p-1",
        "due": None,
    }


async def test_a_comment_is_written_down_under_the_name_of_its_operator(http: httpx.AsyncClient) -> None:
    key = {"authorization": "Bearer key-of-chen"}
    answer = await http.post("/tickets/T-000002/comment", json={"text": " The site has no power. "}, headers=key)
    assert answer.status_code == 201
    line = (await http.get("/tickets/T-000002")).json()["history"][-1]
    assert line == answer.json()
    assert (line["who"], line["what"], line["why"]) == ("r.chen", "comment", "The site has no power.")


@pytest.mark.parametrize("text", ["", "   ", "\x00", None])
async def test_an_empty_comment_is_a_problem(http: httpx.AsyncClient, text: str | None) -> None:
    answer = await http.post("/tickets/T-000002/comment", json={"text": text})
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/text"]


@pytest.mark.parametrize("name", ["T-999999", "T-1", "417"])
async def test_what_does_not_exist_is_not_found(http: httpx.AsyncClient, name: str) -> None:
    for answer in (
        await http.get(f"/tickets/{name}"),
        await http.post(f"/tickets/{name}/comment", json={"text": "Hello"}),
        await http.post(f"/tickets/{name}/resolve", json={"outcome": "done"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown-ticket")


@pytest.mark.parametrize("key", ["", "Bearer nobody"])
async def test_without_an_operators_key_nothing_is_answered(http: httpx.AsyncClient, key: str) -> None:
    for method, path in (
        ("GET", "/tickets"),
        ("GET", "/tickets/T-000001"),
        ("POST", "/tickets/T-000001/comment"),
        ("POST", "/tickets/T-000001/resolve"),
    ):
        answer = await http.request(method, path, json={"text": "Hello"}, headers={"authorization": key})
        assert answer.status_code == 401


async def test_open_tickets_are_measured_and_what_became_empty_shows_zero(pool: Pool, deliver: Deliver) -> None:
    def shown(kind: str) -> float | None:
        return REGISTRY.get_sample_value("tickets_open", {"kind": kind, "state": "acknowledged"})

    await measure(pool)
    assert (shown("order"), shown("trunking"), shown("e911"), shown("setup")) == (2, 1, 0, 0)
    await deliver(SETUP)
    await deliver(CloseTickets(order_id="o-1", run=1), CloseTickets(order_id="o-2", run=1), step="close tickets")
    await measure(pool)
    assert (shown("order"), shown("trunking"), shown("setup")) == (0, 1, 1)
