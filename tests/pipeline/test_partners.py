"""A partner sees and touches only its own; nobody gets anywhere without a key."""

import httpx
import pytest

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended
from dialtone.stack.stack import Stack
from dialtone.stack.stackfile import read_keys
from tests.pipeline import forms

SERVICES = ["order-intake", "catalog", "did-inventory", "broadsoft-provisioner", "ticketing"]


async def test_another_partner_sees_none_of_it(stack: Stack, actors: Actors, enterprise: str) -> None:
    form = forms.hosted(enterprise)
    order_id = await actors.submit(form)
    await actors.until(order_id, ended)
    url = stack.url("order-intake")
    operator = {"authorization": f"Bearer {read_keys(stack.folder).operator.key}"}
    async with httpx.AsyncClient(trust_env=False) as client:
        created = await client.post(f"{url}/partners", json={"name": f"Other {forms.SESSION}"}, headers=operator)
        other = {"authorization": f"Bearer {created.json()['api_key']}"}
        assert (await client.get(f"{url}/orders/{order_id}", headers=other)).status_code == 404
        assert (await client.get(f"{url}/orders", headers=other)).json() == []
        cancel = await client.post(f"{url}/orders/{order_id}/cancel", json={"reason": "mine now"}, headers=other)
        assert cancel.status_code == 404
        assert (await client.get(f"{url}/dead-letters", headers=other)).status_code == 403
        same = await client.post(f"{url}/orders", json=forms.hosted(enterprise), headers=other)
        assert same.json()["errors"][0]["code"] == "enterprise-unknown"


@pytest.mark.parametrize("service", SERVICES)
async def test_without_a_key_only_health_and_metrics_answer(stack: Stack, actors: Actors, service: str) -> None:
    url = stack.url(service)
    async with httpx.AsyncClient(trust_env=False) as client:
        operator = {"authorization": f"Bearer {read_keys(stack.folder).operator.key}"}
        paths = (await client.get(f"{url}/openapi.json", headers=operator)).json()["paths"]
        assert (await client.get(f"{url}/openapi.json")).status_code == 401
        for path, methods in paths.items():
            for method in methods:
                answer = await client.request(method, url + path.replace("{", "").replace("}", ""), json={})
                assert answer.status_code == 401, f"{method} {path} answered {answer.status_code}"
                assert answer.headers["content-type"] == "application/problem+json"
        for path in ("/health/live", "/health/ready", "/health/startup", "/metrics"):
            assert (await client.get(url + path)).status_code == 200
