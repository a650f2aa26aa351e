"""A partner never sees or touches what another partner owns, and nobody gets in without a key."""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from chassis.process.app import App

from ..builders import MAIN_STREET
from .desk import Desk, body

pytestmark = pytest.mark.integration
Call = Callable[[httpx.AsyncClient, str], Awaitable[httpx.Response]]
CALLS: dict[str, Call] = {
    "look": lambda portal, order_id: portal.get(f"/orders/{order_id}"),
    "cancel": lambda portal, order_id: portal.post(f"/orders/{order_id}/cancel", json={"reason": "Mine now."}),
    "give the 911 location": lambda portal, order_id: portal.put(
        f"/orders/{order_id}/e911-location", json=MAIN_STREET.model_dump()
    ),
}


@pytest.mark.parametrize("call", list(CALLS))
async def test_the_order_of_another_partner_is_as_absent_as_one_that_never_was(
    desk: Desk, ada: httpx.AsyncClient, bea: httpx.AsyncClient, call: str
) -> None:
    order_id = await desk.submit(ada)
    await desk.published()
    before = await desk.row(order_id)
    theirs, nobodys = await CALLS[call](bea, order_id), await CALLS[call](bea, "no-such-order")
    assert (theirs.status_code, nobodys.status_code) == (404, 404)
    assert theirs.json() == {
        **nobodys.json(),
        "instance": theirs.json()["instance"],
        "detail": nobodys.json()["detail"].replace("no-such-order", order_id),
    }
    assert await desk.row(order_id) == before
    assert await desk.published() == []


async def test_a_list_has_only_ones_own_orders(desk: Desk, ada: httpx.AsyncClient, bea: httpx.AsyncClient) -> None:
    mine = await desk.submit(ada)
    theirs = await desk.submit(bea)
    assert [one["id"] for one in (await ada.get("/orders")).json()] == [mine]
    assert [one["id"] for one in (await bea.get("/orders")).json()] == [theirs]
    assert [one["id"] for one in (await bea.get("/orders?external_id=PO-1")).json()] == [theirs]
    assert [one["id"] for one in (await bea.get("/orders?state=acknowledged")).json()] == [theirs]
    assert (await bea.get("/orders?partner_id=p-ada")).status_code == 422


async def test_a_filter_by_anothers_external_id_finds_nothing(
    desk: Desk, ada: httpx.AsyncClient, bea: httpx.AsyncClient
) -> None:
    await desk.submit(ada)
    assert (await bea.get("/orders?external_id=PO-1")).json() == []


async def test_equal_external_ids_and_names_of_two_partners_are_different_orders(
    desk: Desk, ada: httpx.AsyncClient, bea: httpx.AsyncClient
) -> None:
    mine, theirs = await desk.submit(ada), await desk.submit(bea)
    assert mine != theirs
    ids = [(await desk.account(one, "Enterprise"))["broadworks_id"] for one in (mine, theirs)]
    assert ids[0] != ids[1]


async def test_an_enterprise_of_another_partner_cannot_be_ordered_for(
    desk: Desk, ada: httpx.AsyncClient, bea: httpx.AsyncClient
) -> None:
    await desk.submit(ada)
    await desk.carry_on()
    for kind in ("new-group", "add-services"):
        answer = await bea.post("/orders", content=body(kind=kind))
        assert [one["code"] for one in answer.json()["errors"]] == ["enterprise-unknown"]


async def test_the_partner_of_an_order_comes_from_the_key_and_never_from_the_body(
    desk: Desk, ada: httpx.AsyncClient
) -> None:
    answer = await ada.post("/orders", content=body()[:-1] + ',"partner_id":"p-bea"}')
    assert answer.status_code == 422
    order_id = await desk.submit(ada)
    assert (await desk.row(order_id))["partner_id"] == "p-ada"


async def test_an_operator_sees_the_orders_of_all(
    desk: Desk, ada: httpx.AsyncClient, bea: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    mine, theirs = await desk.submit(ada), await desk.submit(bea)
    assert {one["id"] for one in (await operator.get("/orders")).json()} == {mine, theirs}
    assert (await operator.get(f"/orders/{mine}")).status_code == 200


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

NAMES = {"order_id": "o", "dl_id": "d", "partner_id": "p", "key_id": "k", "unsendable_id": "u"}
OPEN = ("/health/", "/metrics")


@pytest.fixture
def whole(desk: Desk) -> FastAPI:
    """The app as the process serves it, with all that the frame adds."""
    App(desk.parts, desk.settings, desk.pool)
    return desk.parts.api


def walk(routes: Iterable[Any]) -> Iterator[Any]:
    """Every route, those of included routers too."""
    for route in routes:
        inner = getattr(route, "original_router", None)
        yield from walk(inner.routes) if inner else [route]


def routes(app: FastAPI) -> list[tuple[str, str]]:
    return sorted(
        (method, route.path.format(**NAMES)) for route in walk(app.routes) for method in route.methods - {"HEAD"}
    )


@pytest.mark.parametrize("key", ["", "dt_0123456789ab_guessed", "guessed", "dt__", "dt_x"])
async def test_every_route_but_health_and_metrics_wants_a_key(desk: Desk, whole: FastAPI, key: str) -> None:
    guarded = [one for one in routes(whole) if not one[1].startswith(OPEN)]
    assert len(guarded) == 23
    async with desk.client(key) as stranger:
        answers = {one: (await stranger.request(*one)).status_code for one in guarded}
    assert answers == dict.fromkeys(guarded, 401)


async def test_health_and_metrics_want_none(desk: Desk, whole: FastAPI) -> None:
    free = [one for one in routes(whole) if one[1].startswith(OPEN)]
    probes = [f"/health/{name}" for name in ("live", "messaging", "ready", "startup")]
    assert [path for _, path in free] == [*probes, "/metrics"]
    async with desk.client("") as stranger:
        answers = [(await stranger.request(*one)).status_code for one in free]
    assert 401 not in answers


async def test_every_route_is_for_partners_operators_or_both(
    desk: Desk, whole: FastAPI, ada: httpx.AsyncClient, operator: httpx.AsyncClient
) -> None:
    ours = [route for route in walk(whole.routes) if "operations" in getattr(route, "tags", ())]
    for route in ours:
        path = route.path.format(**NAMES)
        answer = await ada.request(next(iter(route.methods)), path)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    answer = await operator.post("/orders", content=body())
    assert (answer.status_code, answer.json()["code"]) == (403, "partners-only")
    assert len(ours) == 13


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Bearer ", "bearer"])
async def test_another_scheme_is_no_key(desk: Desk, header: str) -> None:
    async with desk.client("") as stranger:
        answer = await stranger.get("/orders", headers={"authorization": header} if header else {})
    assert (answer.status_code, answer.json()["code"]) == (401, "no-key")
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_revoked_key_opens_nothing(desk: Desk, ada_key: str) -> None:
    await desk.pool.execute("UPDATE api_keys SET revoked_at = now()")
    async with desk.client(ada_key) as portal:
        answer = await portal.get("/orders")
    assert (answer.status_code, answer.json()["code"]) == (401, "revoked-key")


async def test_a_right_key_id_with_a_wrong_secret_opens_nothing(desk: Desk, ada_key: str) -> None:
    async with desk.client(ada_key[:-1] + ("x" if ada_key[-1] != "x" else "y")) as portal:
        assert (await portal.get("/orders")).status_code == 401


@pytest.mark.parametrize(
    "path",
    ["/orders/%00", "/orders?external_id=%00", "/orders?offset=99999999999999999999", "/orders?limit=0"],
)
async def test_a_question_that_makes_no_sense_is_no_breakdown(ada: httpx.AsyncClient, path: str) -> None:
    answer = await ada.get(path)
    body: dict[str, Any] = answer.json()
    assert answer.status_code in (400, 422)
    assert body["status"] == answer.status_code
