"""The APIs of all services, as production composes them, each on a database of its own and on a real port."""

import asyncio
import importlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from fastapi import FastAPI

from catalog.application.offers import offered
from catalog.sample import catalogue
from chassis.http.access import sha256
from chassis.http.server import server_of
from chassis.process.parts import Parts
from chassis.runtime.database import Pool, connect
from chassis.runtime.settings import ServiceSettings
from contracts.partners import PARTNER_MAY_HAVE
from order_intake.store import packages
from testkit.partners import key_of

PACKAGES = ("order_intake", "catalog", "did_inventory", "broadsoft_provisioner", "ticketing")
KEY = "key-of-olga"
# As many as a test sends: how many are too many is tried elsewhere.
PATIENT = {"http_requests_per_second": 1e6, "http_requests_burst": 10**6, "http_wrong_keys_burst": 10**6}
BEFORE_EXAMPLES = datetime(2098, 12, 20, tzinfo=UTC)  # those of the documents are of the first of the next month
PARTICULAR: dict[str, dict[str, Any]] = {
    "broadsoft_provisioner": {"broadworks_url": "https://127.0.0.1:1/"},
    "catalog": {"sample_prices": True, "business_time_ahead": BEFORE_EXAMPLES - datetime.now(UTC)},
    "did_inventory": {"allow_fiction": True},
    "order_intake": {"allow_fiction": True},
}


@dataclass
class Served:
    """A service that answers at `url`."""

    parts: Parts
    settings: ServiceSettings
    pool: Pool
    url: str

    @property
    def api(self) -> FastAPI:
        return self.parts.api


@asynccontextmanager
async def served(package: str, database_url: str, **changed: Any) -> AsyncIterator[Served]:
    """`changed` are settings."""
    common = {"operator_keys": {"olga": sha256(KEY)}, "service_port": 0, **PATIENT}
    values = {**common, **PARTICULAR.get(package, {}), **changed}
    settings: ServiceSettings = importlib.import_module(f"{package}.settings").Settings(
        database_url=database_url, **values
    )
    pool = await connect(database_url, connections=4)
    if package == "order_intake":  # as if catalog had told it
        await packages.add(pool, [offered(one, datetime.now(UTC)) for one in catalogue().packages])
    parts: Parts = await importlib.import_module(f"{package}.__main__").compose(settings, pool)
    server = server_of(parts.api, settings)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  uvicorn tells no other way
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Served(parts, settings, pool, f"http://127.0.0.1:{port}")
    finally:
        server.leave()
        await running
        await parts.close()
        pool.terminate()


async def partner_key(service: Served) -> str:
    """A key that may do whatever a partner's can; its partner is new."""
    partner_id, scopes = f"p-{uuid4().hex[:12]}", sorted(PARTNER_MAY_HAVE)
    if service.api.title != "order-intake":
        return await key_of(service.pool, partner_id, *scopes)
    headers = {"authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(headers=headers, trust_env=False) as http:
        answer = await http.post(f"{service.url}/partners", json={"name": partner_id, "scopes": scopes})
    return str(answer.json()["api_key"])


async def key_for(http: httpx.AsyncClient, service: Served, method: str, path: str) -> str:
    """The key of somebody who may do this: a new partner may submit orders, an operator does the rest."""
    if (method, path) != ("post", "/orders"):
        return KEY
    headers = {"authorization": f"Bearer {KEY}"}
    answer = await http.post(f"{service.url}/partners", json={"name": f"Ada {uuid4().hex}"}, headers=headers)
    return str(answer.json()["api_key"])
