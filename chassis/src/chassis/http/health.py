"""Three probes, three questions: did it start, may it get work, does its loop beat (an outage must not restart it)."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

Check = Callable[[], Awaitable[bool]]
ANSWERED_FOR = 1.0  # seconds: the door is open to everybody, and each look takes a connection of the pool


class Health:
    """`ready` holds named checks that all must be true; the heart beats on the event loop."""

    def __init__(self, *, beat: float = 1.0, dead_after: float = 10.0) -> None:
        self.started = False
        self.ready: dict[str, Check] = {}
        self._beat, self._dead_after = beat, dead_after
        self._last_beat = time.monotonic()
        self._looking = asyncio.Lock()
        self._looked: tuple[float, dict[str, bool]] = (float("-inf"), {})

    async def heart(self) -> None:
        """Beats on the event loop for ever: a loop that is blocked misses its beats, and `/health/live` says so."""
        while True:
            self._last_beat = time.monotonic()
            await asyncio.sleep(self._beat)

    async def _startup(self, _: Request) -> JSONResponse:
        return JSONResponse({"started": self.started}, 200 if self.started else 503)

    async def _readiness(self, _: Request) -> JSONResponse:
        async with self._looking:
            if time.monotonic() - self._looked[0] >= ANSWERED_FOR:
                self._looked = (time.monotonic(), await self._checked())
            checks = {"started": self.started, **self._looked[1]}
        return JSONResponse(checks, 200 if all(checks.values()) else 503)

    async def _checked(self) -> dict[str, bool]:
        checks: dict[str, bool] = {}
        for name, check in self.ready.items():
            try:
                checks[name] = await check()
            except Exception:  # noqa: BLE001  a check that breaks is a "not ready", whatever broke
                checks[name] = False
        return checks

    async def _liveness(self, _: Request) -> JSONResponse:
        age = time.monotonic() - self._last_beat
        return JSONResponse({"beat_seconds_ago": round(age, 3)}, 200 if age < self._dead_after else 503)

    def routes(self) -> list[Route]:
        """`/health/startup`, `/health/ready` and `/health/live`; open to everybody."""
        return [
            Route("/health/startup", self._startup),
            Route("/health/ready", self._readiness),
            Route("/health/live", self._liveness),
        ]
