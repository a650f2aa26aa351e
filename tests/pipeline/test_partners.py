"""A partner sees and touches only its own, in every service; nobody gets anywhere without a key."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from contracts.partners import PARTNER_MAY_HAVE
from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended
from dialtone.seeds import partner_of
from dialtone.stack.stack import Stack
from dialtone.stack.stackfile import read_keys
from testkit.time import eventually
from tests.pipeline import forms

SERVICES = ["order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing"]
WHY = {"why": "A test."}
REVOKED_WITHIN = 15.0  # seconds; what the API and the command line say
# What the owner of the thing would be listened to with, by the end of the path.
TODAY = f"{datetime.now(UTC).date()}"
BODIES: dict[str, dict[str, Any]] = {
    "/cancel": {"reason": "Mine now."},
    "/e911-location": forms.LOCATION,
    "/comment": {"text": "Mine now."},
    "/resolve": {"outcome": "done"},
    "/enterprises": {"name": "Mine", "service_provider_id": "MINE"},
    "/rejections-topic": {**WHY, "topic": None},
    "/billing-start": {"billing_start": TODAY, "reason": "Mine now."},
    "/end": {"to_date": TODAY, "reason": "Mine now."},
    "/credit": {"reason": "Mine now."},
    "/charges": {"package": "Late Fee", "kind": "NRC", "reason": "Mine now.", "reference": "mine"},
}


def bearer(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


@dataclass(frozen=True)
class Other:
    """Another partner, with a key that may do whatever a partner's can."""

    partner_id: str
    key_id: str
    key: str


@pytest.fixture
def operator(stack: Stack) -> dict[str, str]:
    return bearer(read_keys(stack.folder).operator.key)


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=30) as made:
        yield made


@pytest_asyncio.fixture
async def other(stack: Stack, client: httpx.AsyncClient, operator: dict[str, str]) -> Other:
    wanted = {"name": f"Other {uuid4().hex}", "scopes": sorted(PARTNER_MAY_HAVE)}
    answer = await client.post(f"{stack.url('order-intake')}/partners", json=wanted, headers=operator)
    made = answer.json()
    found = Other(made["partner_id"], made["key_id"], made["api_key"])
    for service in SERVICES:
        await until_status(client, stack, service, found.key, {200})
    return found


async def status_of(client: httpx.AsyncClient, stack: Stack, service: str, key: str) -> int:
    """Of the document of a service; everybody it knows may read their part."""
    return (await client.get(f"{stack.url(service)}/openapi.json", headers=bearer(key))).status_code


async def until_status(client: httpx.AsyncClient, stack: Stack, service: str, key: str, wanted: set[int]) -> None:
    """Until the service answers a key so, for a minute."""
    for _ in range(60):
        status = await status_of(client, stack, service, key)
        if status in wanted:
            return
        await asyncio.sleep(1)  # wrong keys are counted
    raise AssertionError(f"{service} answers {status}")


async def asked(
    client: httpx.AsyncClient, stack: Stack, operator: dict[str, str], things: dict[str, str]
) -> AsyncIterator[tuple[str, str, str]]:
    """(service, method, path) of every documented route, with the ids of somebody's things in its path."""
    for service in SERVICES:
        paths = (await client.get(f"{stack.url(service)}/openapi.json", headers=operator)).json()["paths"]
        for path, methods in paths.items():
            for method in methods:
                yield service, method.upper(), path.format(**things)


async def test_another_partner_gets_at_nothing_of_it_by_any_route(
    stack: Stack, actors: Actors, enterprise: str, client: httpx.AsyncClient, operator: dict[str, str], other: Other
) -> None:
    form = forms.hosted(enterprise, number_searches=[forms.search("201", 1)])
    order_id = await actors.submit(form)
    before = await actors.until(order_id, ended)
    owner = partner_of(stack)
    ticket = (await actors.tickets(order_id))[0]["ticket_id"]
    number = before["numbers"]["reserved"][0]["number"]
    things = {"order_id": order_id, "dl_id": f"{order_id}-1", "name": ticket, "partner_id": owner.id}
    charged = (await actors.charges(order_id))["postings"][0]
    things |= {"customer_id": before["customer"]["id"], "posting": f"{charged['posting']}"}
    things |= {"subscription_id": f"{charged['posting']}", "key_id": owner.key.split("_")[1], "unsendable_id": "u-1"}
    secrets = (order_id, form["external_id"], number, owner.id, ticket)
    walked = 0
    async for service, method, path in asked(client, stack, operator, things):
        url = stack.url(service) + path
        body = next((body for ending, body in BODIES.items() if path.endswith(ending)), WHY)
        answer = await client.request(method, url, json=body, headers=bearer(other.key))
        walked += 1
        touches = any(thing in path for thing in things.values())
        assert answer.status_code in ({403, 404} if touches else {200, 403, 422}), f"{method} {path}: {answer.text}"
        repeated = answer.text.replace(path, "").replace(repr(order_id)[1:-1], "").replace(ticket, "")
        repeated = repeated.replace(owner.id, "") if answer.status_code == 404 else repeated
        assert not [secret for secret in secrets if secret in repeated], f"{method} {path}: {answer.text}"
    assert walked > 25
    assert await actors.order(order_id) == before
    submitted = await client.post(
        f"{stack.url('order-intake')}/orders", json=forms.hosted(enterprise), headers=bearer(other.key)
    )
    assert submitted.json()["errors"][0]["code"] == "enterprise-unknown"


def own_paths(order_id: str) -> Iterator[tuple[str, str]]:
    yield "order-intake", f"/orders/{order_id}"
    yield "catalog", f"/orders/{order_id}/charges"
    yield "catalog", "/price-books"
    yield "catalog", "/packages"
    yield "did-inventory", f"/numbers?order_id={order_id}"
    yield "ticketing", f"/tickets?order_id={order_id}"


async def test_a_partner_is_answered_its_own_by_every_service(
    stack: Stack, actors: Actors, enterprise: str, client: httpx.AsyncClient
) -> None:
    order_id = await actors.submit(forms.hosted(enterprise, number_searches=[forms.search("201", 2)]))
    await actors.until(order_id, ended)
    key = bearer(partner_of(stack).key)
    found: dict[str, Any] = {}
    for service, path in own_paths(order_id):
        answer = await client.get(stack.url(service) + path, headers=key)
        assert answer.status_code == 200, f"{path}: {answer.text}"
        found[path.split("?")[0]] = answer.json()
    assert len(found["/numbers"]) == 2
    assert found["/tickets"]
    ledger = await client.get(f"{stack.url('broadsoft-provisioner')}/orders/{order_id}/ledger", headers=key)
    assert (ledger.status_code, ledger.json()["code"]) == (403, "scope-missing")


async def test_a_revoked_key_that_every_service_remembers_is_refused_within_the_time_promised(
    stack: Stack, client: httpx.AsyncClient, operator: dict[str, str], other: Other
) -> None:
    path = f"{stack.url('order-intake')}/partners/{other.partner_id}/keys/{other.key_id}/revoke"
    assert {await status_of(client, stack, service, other.key) for service in SERVICES} == {200}
    assert (await client.post(path, json=WHY, headers=operator)).status_code == 200

    async def refused_everywhere() -> bool:
        await asyncio.sleep(1)  # wrong keys are counted
        return {await status_of(client, stack, service, other.key) for service in SERVICES} == {401}

    await eventually(refused_everywhere, patience=REVOKED_WITHIN)


@pytest.mark.parametrize("service", SERVICES)
async def test_without_a_key_only_health_and_metrics_answer(stack: Stack, actors: Actors, service: str) -> None:
    url = stack.url(service)
    async with httpx.AsyncClient(trust_env=False) as client:
        operator = bearer(read_keys(stack.folder).operator.key)
        paths = (await client.get(f"{url}/openapi.json", headers=operator)).json()["paths"]
        assert (await client.get(f"{url}/openapi.json")).status_code == 401
        for path, methods in paths.items():
            for method in methods:
                answer = await client.request(method, url + path.replace("{", "").replace("}", ""), json={})
                assert answer.status_code == 401, f"{method} {path} answered {answer.status_code}"
                assert answer.headers["content-type"] == "application/problem+json"
        for path in ("/health/live", "/health/messaging", "/health/ready", "/health/startup", "/metrics"):
            assert (await client.get(url + path)).status_code == 200
