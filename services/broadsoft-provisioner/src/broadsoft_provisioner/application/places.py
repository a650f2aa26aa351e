"""Who may work where in BroadWorks, which keeps no order among commands: one caller per group, and alone in an
enterprise that is being built or taken from.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.runtime.turns import Turns


class Places:
    """Of this process only: two replicas of the service do not see each other here."""

    def __init__(self) -> None:
        self._groups = Turns()
        self._guests: dict[str, int] = {}
        self._owned: set[str] = set()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def in_group(self, provider: str, group: str) -> AsyncIterator[None]:
        """Orders of one enterprise side by side, each in its own group."""
        async with self._changed:
            await self._changed.wait_for(lambda: provider not in self._owned)
            self._guests[provider] = self._guests.get(provider, 0) + 1
        try:
            async with self._groups.at(f"{provider}/{group}"):
                yield
        finally:
            async with self._changed:
                self._guests[provider] -= 1
                if not self._guests[provider]:
                    del self._guests[provider]
                self._changed.notify_all()

    @asynccontextmanager
    async def alone(self, provider: str) -> AsyncIterator[None]:
        """One order in the whole enterprise."""
        async with self._changed:
            await self._changed.wait_for(lambda: provider not in self._owned and provider not in self._guests)
            self._owned.add(provider)
        try:
            yield
        finally:
            async with self._changed:
                self._owned.discard(provider)
                self._changed.notify_all()
