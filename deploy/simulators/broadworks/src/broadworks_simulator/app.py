"""The ASGI application: the SOAP endpoint and the admin API around one simulator."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.routing import Route

from broadworks_simulator import admin
from broadworks_simulator.endpoint import PATHS, Endpoint
from broadworks_simulator.journal import Journal
from broadworks_simulator.simulator import Simulator

_WRITE_EVERY_SECONDS = 0.25


def application(simulator: Simulator, journal: Journal | None = None) -> Starlette:
    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if journal is None:
            yield
            return
        journal.open(simulator.system)
        keeping = asyncio.create_task(_keep(simulator, journal))
        try:
            yield
        finally:
            keeping.cancel()
            save(simulator, journal)
            journal.close()

    endpoint = Endpoint(simulator)
    return Starlette(
        routes=[*(Route(path, endpoint, methods=["GET", "POST"]) for path in PATHS), *admin.routes(simulator)],
        lifespan=lifespan,
    )


async def _keep(simulator: Simulator, journal: Journal) -> None:
    while True:
        await asyncio.sleep(_WRITE_EVERY_SECONDS)
        save(simulator, journal)


def save(simulator: Simulator, journal: Journal) -> None:
    changed, simulator.changed = simulator.changed, set()
    journal.write(simulator.system, changed)
