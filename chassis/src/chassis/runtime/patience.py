"""How often something transient is tried again, how long apart, and for how long: the tries themselves count."""

import asyncio
import math
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

MOST_DOUBLED = 64  # it may go on for days, and a float ends


@dataclass(frozen=True, slots=True)
class Patience:
    """Pauses double from `first` to `longest` seconds, each shortened at random by up to a half.

    It ends after `tries`, or when another pause would end later than `seconds` after the beginning.
    """

    first: float = 0.25
    longest: float = 5.0
    tries: float = math.inf
    seconds: float = math.inf
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random
    clock: Callable[[], float] = time.monotonic

    def begin(self) -> "Pauses":
        return Pauses(self)


class Pauses:
    """The failures of one piece of work."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._failures = 0
        self._ends = patience.clock() + patience.seconds

    async def after(self, failure: Exception) -> None:
        """Waits, or raises the failure when patience is at its end."""
        if not await self.another():
            raise failure

    async def another(self) -> bool:
        """After a failure: waits for the next try; false at once when patience is at its end."""
        its = self._patience
        self._failures += 1
        pause = min(its.longest, its.first * 2 ** min(self._failures - 1, MOST_DOUBLED)) * (1 - its.chance() / 2)
        if self._failures >= its.tries or its.clock() + pause > self._ends:
            return False
        await its.sleep(pause)
        return True
