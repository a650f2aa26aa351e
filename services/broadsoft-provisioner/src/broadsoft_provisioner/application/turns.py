"""Turns at places in BroadWorks, which keeps no order among commands: of all replicas, one has the turn.

A process that stops, whatever for, does not notice. So before it says anything to BroadWorks it asks whether its turn
is not over; and who comes next gets a turn only after the last one is certainly over, and reads back what is there.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from broadsoft_provisioner.domain.turns import PlaceTaken, TurnOver
from broadsoft_provisioner.store import turns
from chassis.runtime.database import Pool

LOOKS_EVERY = 0.1  # seconds, while another replica has the turn


@dataclass
class Turn:
    """`sure_until` is a time of the clock of `Turns`, before which nobody else can have it."""

    token: int
    sure_until: float


class Turns:
    """Of one process. A turn lasts `seconds` after it was kept up last, see `keep_up`."""

    def __init__(self, pool: Pool, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._pool, self.seconds, self._clock = pool, seconds, clock
        self._held: dict[int, Turn] = {}

    @asynccontextmanager
    async def at(self, places: Mapping[str, bool]) -> AsyncIterator[Turn]:
        """At all of these places; True where nobody else may be. Raises PlaceTaken after the time of two turns.

        Who is broken off may have a document on its way: nobody else comes before the turn is over by itself.
        """
        turn = await self._taken(places)
        self._held[turn.token] = turn
        try:
            yield turn
        except asyncio.CancelledError:
            del self._held[turn.token]
            raise
        except BaseException:
            await self._leave(turn)
            raise
        else:
            await self._leave(turn)

    async def confirm(self, turn: Turn) -> None:
        """To be called right before something is said to BroadWorks. Raises TurnOver."""
        while self._clock() >= turn.sure_until:
            if turn.token not in await self._keep([turn]):
                raise TurnOver

    async def keep_up(self) -> None:
        """A job, several times in `seconds`: all turns of this process go on."""
        await self._keep(list(self._held.values()))

    async def _taken(self, places: Mapping[str, bool]) -> Turn:
        patience, token = self._clock() + 2 * self.seconds, None
        while (asked := self._clock()) < patience:
            async with self._pool.acquire() as connection, connection.transaction():
                taken = await turns.take(connection, places, self.seconds, token)
            if taken is not None and not taken.waiting:
                return Turn(taken.token, self._sure_until(asked))
            token = taken.token if taken is not None else None
            await asyncio.sleep(LOOKS_EVERY)
        raise PlaceTaken(", ".join(sorted(places)))

    async def _leave(self, turn: Turn) -> None:
        del self._held[turn.token]
        await turns.leave(self._pool, turn.token)

    async def _keep(self, held: list[Turn]) -> frozenset[int]:
        if not held:
            return frozenset()
        asked = self._clock()
        async with self._pool.acquire() as connection, connection.transaction():
            kept = await turns.keep(connection, [turn.token for turn in held], self.seconds)
        for turn in held:
            if turn.token in kept:
                turn.sure_until = self._sure_until(asked)
        return kept

    def _sure_until(self, asked: float) -> float:
        """A sixth is left for what was confirmed to get on its way."""
        return asked + self.seconds * 5 / 6
