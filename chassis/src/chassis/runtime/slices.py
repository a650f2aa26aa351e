"""Long work of many parts on the event loop: between two parts others have their turn."""

import asyncio
import time

SLICE = 0.01  # seconds


class Slices:
    def __init__(self) -> None:
        self._until = time.monotonic() + SLICE

    async def between(self) -> None:
        """Lets others run when the parts since the last time have taken a slice."""
        if time.monotonic() >= self._until:
            await asyncio.sleep(0)
            self._until = time.monotonic() + SLICE
