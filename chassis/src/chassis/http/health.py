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
ANSWERED_FOR = 1.0  # seconds: the door is open to everybody, and each look takes a connection of the pool
Standing = tuple[bool, dict[str, Any]]
Report = Callable[[], Awaitable[Standing]]


class Remembered:
    """A look that many ask for at once: one is had for all who ask within a second."""

    def __init__(self, look: Report) -> None:
        self._look, self._looking = look, asyncio.Lock()
        self._at, self._found = float("-inf"), (True, dict[str, Any]())

    async def answer(self) -> Standing:
        async with self._looking:
            if time.monotonic() - self._at >= ANSWERED_FOR:
                self._at, self._found = time.monotonic(), await self._look()
            return self._found


class Health:
    """`ready` holds named checks that all must be true; the heart beats on the event loop."""

    def __init__(self, *, beat: float = 1.0, dead_after: float = 10.0) -> None:
        self.started = False
        self.ready: dict[str, Check] = {}
        self.messaging: Report | None = None
        self._beat, self._dead_after = beat, dead_after
        self._last_beat = time.monotonic()
        self._ready, self._messages = Remembered(self._checked), Remembered(self._reported)

    async def heart(self) -> None:
        """Beats on the event loop for ever: a loop that is blocked misses its beats, and `/health/live` says so."""
        while True:
            self._last_beat = time.monotonic()
            await asyncio.sleep(self._beat)

    async def _startup(self, _: Request) -> JSONResponse:
        return JSONResponse({"started": self.started}, 200 if self.started else 503)

    async def _readiness(self, _: Request) -> JSONResponse:
        well, checks = await self._ready.answer()
        return JSONResponse({"started": self.started, **checks}, 200 if self.started and well else 503)

    async def _checked(self) -> Standing:
        checks: dict[str, bool] = {}
        for name, check in self.ready.items():
            try:
                checks[name] = await check()
            except Exception:  # noqa: BLE001  a check that breaks is a "not ready", whatever broke
                checks[name] = False
        return all(checks.values()), checks

    async def _liveness(self, _: Request) -> JSONResponse:
        age = time.monotonic() - self._last_beat
        return JSONResponse({"beat_seconds_ago": round(age, 3)}, 200 if age < self._dead_after else 503)

    async def _messaging(self, _: Request) -> JSONResponse:
        sound, report = await self._messages.answer()
        return JSONResponse({"sound": sound, **report}, 200 if sound else 503)

    async def _reported(self) -> Standing:
        return (True, {}) if self.messaging is None else await self.messaging()

    def routes(self) -> list[Route]:
        """`/health/startup`, `/health/ready`, `/health/live` and `/health/messaging`; open to everybody."""
        return [
            Route("/health/startup", self._startup),
            Route("/health/ready", self._readiness),
            Route("/health/live", self._liveness),
            Route("/health/messaging", self._messaging),
        ]
