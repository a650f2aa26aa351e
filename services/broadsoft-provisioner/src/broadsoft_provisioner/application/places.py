"""Who of this process may work where in BroadWorks: one caller per group, and alone in an enterprise that is being
built or taken from. Waiting here costs the database nothing; `turns` keep out the other replicas.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chassis.runtime.turns import Turns


class Places:
    """Guests of an enterprise let one in who waits to be alone: no more of them come before it."""

    def __init__(self) -> None:
        self._groups = Turns()
        self._guests = Counter[str]()
        self._wishes = Counter[str]()  # to be alone: who waits, and who is
        self._owned: set[str] = set()
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def in_group(self, provider: str, group: str) -> AsyncIterator[None]:
        """Orders of one enterprise side by side, each in its own group."""
        async with self._changed:
            await self._changed.wait_for(lambda: provider not in self._wishes)
            self._guests[provider] += 1
        try:
            async with self._groups.at(f"{provider}/{group}"):
                yield
        finally:
            async with self._changed:
                _less(self._guests, provider)
                self._changed.notify_all()

    @asynccontextmanager
    async def alone(self, provider: str) -> AsyncIterator[None]:
        """One order in the whole enterprise."""
        self._wishes[provider] += 1
        owner = False
        try:
            async with self._changed:
                await self._changed.wait_for(lambda: provider not in self._owned and provider not in self._guests)
                self._owned.add(provider)
                owner = True
            yield
        finally:
            async with self._changed:
                _less(self._wishes, provider)
                if owner:
                    self._owned.discard(provider)
                self._changed.notify_all()


def _less(counts: Counter[str], name: str) -> None:
    counts[name] -= 1
    if not counts[name]:
        del counts[name]
