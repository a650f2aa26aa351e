"""The keys of partners, looked up by their id and remembered for a moment."""

import time
from collections.abc import Awaitable, Callable
from functools import partial

from chassis.facts import partner_keys
from chassis.runtime.database import Pool
from contracts.partners import PartnerKey

REMEMBERED = 10.0  # seconds; with the way of a fact, a revoked key works for 15 at most
ABSENT = 1.0  # a key that was asked for too early works soon after it is made
MOST = 10_000  # somebody is guessing ids
Find = Callable[[str], Awaitable[PartnerKey | None]]


class Keyring:
    """`find` asks the database; None is no such key."""

    def __init__(self, find: Find) -> None:
        self._find = find
        self._known: dict[str, tuple[float, PartnerKey | None]] = {}

    async def find(self, key_id: str) -> PartnerKey | None:
        """Revoked and expired ones too."""
        known = self._known.get(key_id)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        found = await self._find(key_id)
        if len(self._known) >= MOST:
            self._known.clear()
        self._known[key_id] = (time.monotonic() + (REMEMBERED if found else ABSENT), found)
        return found

    def forget(self, key_id: str) -> None:
        """This process has changed it."""
        self._known.pop(key_id, None)


def local_keyring(pool: Pool) -> Keyring:
    """From the service's own copy of the facts."""
    return Keyring(partial(partner_keys.find, pool))
