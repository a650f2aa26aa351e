"""Facts on compacted topics are told at every start and again once in a while, so that a topic that lost them heals."""

import time
from collections.abc import Awaitable, Callable

Tell = Callable[[], Awaitable[None]]
LOOK_EVERY = 60.0  # seconds; so soon a round that failed is tried again


class Telling:
    """`tell` tells all facts as they are; `pause` are seconds between two rounds."""

    def __init__(self, tell: Tell, pause: float) -> None:
        self._tell, self._pause = tell, pause
        self._told: float | None = None

    async def now(self) -> None:
        await self._tell()
        self._told = time.monotonic()

    async def when_due(self) -> None:
        """The job: often asked, seldom due."""
        if self._told is None or time.monotonic() - self._told >= self._pause:
            await self.now()
