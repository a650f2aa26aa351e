"""Credentials are judged before the body is read, and every route says what they must allow."""

from typing import Annotated, Any

import httpx
import pytest
from asyncpg import CannotConnectNowError
from fastapi import Depends, FastAPI
from pydantic import BaseModel

from chassis.http.access import Needs, Principal, stated
from chassis.http.keyring import Keyring
from chassis.http.principals import sha256
from chassis.http.routes import make_router
from contracts.partners import PartnerKey
from testkit.http import client
from testkit.time import EPOCH

from .toy import KEY, toy_api


class Thing(BaseModel):
    name: str


router = make_router("things")


@router.get("/things")
async def look(principal: Annotated[Principal, Depends(Needs("orders:read", "ops:read"))]) -> str:
    return principal.who


@router.post("/things", dependencies=[Depends(Needs("orders:write"))])
async def make(thing: Thing) -> str:
    return thing.name


@router.delete("/things", dependencies=[Depends(Needs("tickets:write", partners=False))])
async def clear() -> None:
    pass


async def known(key_id: str) -> PartnerKey | None:
    scopes = ("orders:read", "tickets:write")
    return PartnerKey(key_id=key_id, changed_at=EPOCH, partner_id="p-ada", scopes=scopes, verifier=sha256("secret"))


def api(find: Any = known) -> FastAPI:
    return toy_api(router, keyring=Keyring(find))


PORTAL, OLGA = "dt_k1_secret", KEY


async def test_who_asks_reaches_the_route():
    async with client(api(), PORTAL) as portal, client(api(), OLGA) as olga:
        assert ((await portal.get("/things")).json(), (await olga.get("/things")).json()) == ("p-ada", "olga")


async def test_a_key_without_the_scope_is_told_which_it_lacks():
    async with client(api(), PORTAL) as portal:
        answer = await portal.post("/things", json={"name": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "scope-missing")
    assert answer.json()["detail"] == "It needs the scope orders:write; p-ada has orders:read, tickets:write."


async def test_what_our_people_do_no_partner_does_whatever_its_scopes():
    async with client(api(), PORTAL) as portal, client(api(), OLGA) as olga:
        answer = await portal.delete("/things")
        assert (answer.status_code, answer.json()["code"]) == (403, "not-for-partners")
        assert (await olga.delete("/things")).status_code == 200


@pytest.mark.parametrize(
    ("key", "status"), [("", 401), ("Bearer guess", 401), ("Bearer dt_k1_guess", 401), ("Bearer dt_k1_secret", 403)]
)
async def test_of_who_may_not_do_it_no_byte_of_the_body_is_read(key: str, status: int):
    read = 0
    answers: list[Any] = []

    async def receive() -> Any:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": b"x" * 65_536, "more_body": True}

    async def send(message: Any) -> None:
        answers.append(message)

    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/things",
        "query_string": b"",
        "headers": [
            (b"host", b"service"),
            (b"content-type", b"application/json"),
            (b"transfer-encoding", b"chunked"),
            *([(b"authorization", key.encode())] if key else []),
        ],
    }
    await api()(scope, receive, send)
    assert (answers[0]["status"], read) == (status, 0)


async def test_each_reads_of_the_schema_what_they_may_call():
    async with client(api()) as stranger, client(api(), PORTAL) as portal, client(api(), OLGA) as olga:
        assert (await stranger.get("/openapi.json")).status_code == 401
        part = (await portal.get("/openapi.json")).json()["paths"]
        whole = (await olga.get("/openapi.json")).json()["paths"]
    assert part.keys() == {"/things", "/notes", "/imports", "/streams", "/notes/{name}"}
    assert (set(part["/things"]), set(whole["/things"])) == ({"get"}, {"get", "post", "delete"})


async def test_while_our_database_is_away_it_is_no_fault_of_the_key():
    async def away(_: str) -> PartnerKey | None:
        raise CannotConnectNowError

    async with client(api(away), PORTAL) as portal:
        answer = await portal.get("/things")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


async def test_a_persons_name_is_read_as_utf8():
    async def application(key_id: str) -> PartnerKey | None:
        key = await known(key_id)
        return key.model_copy(update={"kind": "application", "name": "desk"}) if key else None

    async with client(api(application), PORTAL) as desk:
        answer = await desk.get("/things", headers=httpx.Headers({"on-behalf-of": "Zoë Weiß"}, encoding="utf-8"))
    assert answer.json() == "Zoë Weiß by desk of p-ada"


def test_a_route_without_a_scope_does_not_start():
    unguarded = make_router("wide open")

    @unguarded.get("/wide/open")
    def anybody() -> None:
        pass

    with pytest.raises(TypeError, match="toy has routes without a scope: /wide/open"):
        toy_api(router, unguarded)


def test_what_a_route_needs_can_be_read_off_it():
    needed = [stated(route) for route in router.routes]
    assert [(one.scopes, one.partners) for one in needed if one] == [
        (("orders:read", "ops:read"), True),
        (("orders:write",), True),
        (("tickets:write",), False),
    ]


@pytest.mark.parametrize("scopes", [(), ("orders",), ("orders:read", "all")])
def test_what_is_no_scope_is_no_need(scopes: tuple[str, ...]):
    with pytest.raises(ValueError, match="are no scopes"):
        Needs(*scopes)
