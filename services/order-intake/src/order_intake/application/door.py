"""The door with what it judges by: the menu as the catalogue has published it, the clock, the settings."""

import time
from collections.abc import Mapping
from typing import Any

from chassis.errors import Unprepared
from chassis.runtime.clock import Clock
from chassis.runtime.database import Connection, Pool
from contracts import documents
from contracts.catalog import PackageOffered
from order_intake.domain.door.judging import Judged, judge
from order_intake.domain.door.rules import Rules
from order_intake.store import packages

REMEMBERED = 15.0  # seconds; a package that is withdrawn can be ordered that much longer at most


class MenuUnknown(Unprepared):
    """The catalogue has not told yet what is sold."""

    code = "menu-unknown"


class Door:
    """`fiction` lets numbers and domains through that are kept for examples: for demonstrations and tests."""

    def __init__(self, pool: Pool, clock: Clock, *, fiction: bool) -> None:
        self._pool, self._clock, self._fiction = pool, clock, fiction
        self._offers: Mapping[str, PackageOffered] = {}
        self._until = 0.0

    async def judge(self, value: bytes | dict[str, Any]) -> Judged:
        """A form as it was sent, or as it was read already. Raises documents.Malformed, and MenuUnknown."""
        document = documents.read(value) if isinstance(value, bytes) else value
        return judge(document, await self.rules())

    async def rules(self, connection: Connection | None = None) -> Rules:
        """Raises MenuUnknown. Inside a transaction give its connection."""
        if self._until < time.monotonic():
            self._offers = await packages.all(connection or self._pool)
            self._until = time.monotonic() + (REMEMBERED if self._offers else 0)
        if not self._offers:
            raise MenuUnknown
        return Rules(self._clock.now(), self._offers, self._fiction)

    async def is_open(self) -> bool:
        """Is the menu known? Raises what `database.OUTAGE` names."""
        try:
            await self.rules()
        except MenuUnknown:
            return False
        return True
