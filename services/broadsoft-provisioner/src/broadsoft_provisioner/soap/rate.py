"""At most so many documents a second: mass changes hurt the platform."""

import asyncio
import time
from collections.abc import Awaitable, Callable


class Rate:
    """Zero means no limit."""

    def __init__(
        self,
        per_second: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._clock = clock
        self._sleep = sleep
        self._next = 0.0

    async def turn(self) -> None:
        if not self._gap:
            return
        now = self._clock()
        wait = max(0.0, self._next - now)
        self._next = now + wait + self._gap
        if wait:
            await self._sleep(wait)
