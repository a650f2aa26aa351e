"""How often something transient is tried again, and how long apart."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from chassis.errors import Transient


@dataclass(frozen=True, slots=True)
class Patience:
    """Pauses double from `first` to `longest` seconds, each shortened at random by up to a half."""

    tries: int = 4
    first: float = 0.25
    longest: float = 5.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random

    def begin(self) -> "Pauses":
        return Pauses(self)


class Pauses:
    """The failures of one piece of work."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._failures = 0

    async def after(self, failure: Transient) -> None:
        """Waits, or raises the failure when it was the last try."""
        self._failures += 1
        if self._failures >= self._patience.tries:
            raise failure
        pause = min(self._patience.longest, self._patience.first * 2 ** (self._failures - 1))
        await self._patience.sleep(pause * (1 - self._patience.chance() / 2))
