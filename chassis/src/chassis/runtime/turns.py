"""Locks by name, kept only while somebody uses them: one caller at a time per place."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Turn:
    """`users` counts who holds the lock and who waits for it: the last to leave forgets it."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class Turns:
    def __init__(self) -> None:
        self._turns: dict[str, Turn] = {}

    @asynccontextmanager
    async def at(self, place: str) -> AsyncIterator[None]:
        """Waits until nobody else is at `place`, in the order of asking."""
        turn = self._turns.setdefault(place, Turn())
        turn.users += 1
        try:
            async with turn.lock:
                yield
        finally:
            turn.users -= 1
            if turn.users == 0:
                self._turns.pop(place, None)
