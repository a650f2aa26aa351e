"""What a partner sees and says of tickets: those of its own orders; it works none of them."""

import pytest

from chassis.process.parts import Parts
from chassis.runtime.database import Pool
from contracts.tickets import OpenTickets, TicketRequest
from testkit.http import client
from testkit.partners import key_of

from .tickets import Deliver


@pytest.fixture(autouse=True)
async def orders(deliver: Deliver) -> None:
    """T-000001 is of an order of p-1, T-000002 of one of p-2."""
    one = (TicketRequest(kind="order", summary="One"),)
    await deliver(
        OpenTickets(order_id="o-1", run=1, partner_id="p-1", tickets=one),
        OpenTickets(order_id="o-2", run=1, partner_id="p-2", tickets=one),
    )


async def test_a_partner_finds_its_own_tickets_only(parts: Parts, pool: Pool) -> None:
    async with client(parts.api, await key_of(pool, "p-1")) as partner:
        assert [one["ticket_id"] for one in (await partner.get("/tickets")).json()] == ["T-000001"]
        assert (await partner.get("/tickets?order_id=o-2")).json() == []
        own, other, absent = [await partner.get(f"/tickets/T-00000{one}") for one in (1, 2, 9)]
    assert (own.status_code, other.status_code, absent.status_code) == (200, 404, 404)
    assert other.text.replace("T-000002", "T-000009") == absent.text


async def test_a_partner_comments_on_its_own_where_it_may(parts: Parts, pool: Pool) -> None:
    said = {"text": "The PBX is there."}
    scopes = {"p-1": ("tickets:read",), "p-2": ("tickets:write",), "p-3": ("tickets:write",)}
    answers = []
    for partner_id, has in scopes.items():
        async with client(parts.api, await key_of(pool, partner_id, *has)) as partner:
            answers.append((await partner.post("/tickets/T-000002/comment", json=said)).status_code)
    assert answers == [403, 201, 404]


async def test_an_application_comments_in_the_name_of_its_person(parts: Parts, pool: Pool) -> None:
    key = await key_of(pool, "p-1", "tickets:read", "tickets:write", kind="application")
    async with client(parts.api, key) as desk:
        desk.headers["on-behalf-of"] = "Grace Hopper"
        answer = await desk.post("/tickets/T-000001/comment", json={"text": "The PBX is there."})
        history = (await desk.get("/tickets/T-000001")).json()["history"]
    assert (answer.status_code, answer.json()["who"]) == (201, "Grace Hopper by desk of p-1")
    assert history[-1]["who"] == "Grace Hopper by desk of p-1"


async def test_a_partner_resolves_no_ticket(parts: Parts, pool: Pool) -> None:
    async with client(parts.api, await key_of(pool, "p-1", "tickets:read", "tickets:write")) as partner:
        answer = await partner.post("/tickets/T-000001/resolve", json={"outcome": "done"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-for-partners")
