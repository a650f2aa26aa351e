"""Three probes, three questions: did it start, may it get requests, does its loop beat (an outage must not restart it).

And one report, for people and alerts: how messaging stands. Requests are taken while the broker is away.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Check = Callable[[], Awaitable[bool]]
Report = Callable[[], Awaitable[tuple[bool, dict[str, Any]]]]


class Health:
    """`ready` holds named checks that all must be true; the heart beats on the event loop."""

    def __init__(self, *, beat: float = 1.0, dead_after: float = 10.0) -> None:
        self.started = False
        self.ready: dict[str, Check] = {}
        self.messaging: Report | None = None
        self._beat, self._dead_after = beat, dead_after
        self._last_beat = time.monotonic()

    async def heart(self) -> None:
        """Beats on the event loop for ever: a loop that is blocked misses its beats, and `/health/live` says so."""
        while True:
            self._last_beat = time.monotonic()
            await asyncio.sleep(self._beat)

    async def _startup(self, _: Request) -> JSONResponse:
        return JSONResponse({"started": self.started}, 200 if self.started else 503)

    async def _readiness(self, _: Request) -> JSONResponse:
        checks = {"started": self.started}
        for name, check in self.ready.items():
            try:
                checks[name] = await check()
            except Exception:  # noqa: BLE001  a check that breaks is a "not ready", whatever broke
                checks[name] = False
        return JSONResponse(checks, 200 if all(checks.values()) else 503)

    async def _liveness(self, _: Request) -> JSONResponse:
        age = time.monotonic() - self._last_beat
        return JSONResponse({"beat_seconds_ago": round(age, 3)}, 200 if age < self._dead_after else 503)

    async def _messaging(self, _: Request) -> JSONResponse:
        sound, report = (True, {}) if self.messaging is None else await self.messaging()
        return JSONResponse({"sound": sound, **report}, 200 if sound else 503)

    def routes(self) -> list[Route]:
        """`/health/startup`, `/health/ready`, `/health/live` and `/health/messaging`; open to everybody."""
        return [
            Route("/health/startup", self._startup),
            Route("/health/ready", self._readiness),
            Route("/health/live", self._liveness),
            Route("/health/messaging", self._messaging),
        ]
