"""Whoever asks whether we are ready, and how often: the checks run once a second."""

import asyncio

import httpx
from starlette.applications import Starlette

from chassis.http import health
from chassis.http.health import Health


async def test_a_thousand_questions_are_one_look() -> None:
    looks, probes = 0, Health()

    async def database() -> bool:
        nonlocal looks
        looks += 1
        await asyncio.sleep(0)
        return True

    probes.started, probes.ready = True, {"database": database}
    transport = httpx.ASGITransport(Starlette(routes=probes.routes()))
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as http:
        answers = await asyncio.gather(*(http.get("/health/ready") for _ in range(1000)))
        assert {one.status_code for one in answers} == {200}
        assert answers[0].json() == {"started": True, "database": True}
        assert looks < 100  # a busy machine takes longer than a second
        probes._ready._at -= health.ANSWERED_FOR
        before = looks
        assert (await http.get("/health/ready")).json() == {"started": True, "database": True}
        assert looks == before + 1
