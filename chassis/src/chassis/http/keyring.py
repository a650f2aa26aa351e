"""The keys of partners, looked up by their id and remembered for a moment."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection
from functools import partial

from cachetools import TTLCache

from chassis.facts import partner_keys
from chassis.runtime.database import Pool
from contracts.bounds import SHORT
from contracts.partners import PartnerKey

REMEMBERED = 10.0  # seconds; with the way of a fact, a revoked key works for 15 at most
ABSENT = 1.0  # a key that was asked for too early works soon after it is made
IDS_REMEMBERED = 5.0
IDS_WITHIN = 2.0  # seconds that a request waits for them
MOST = 10_000  # of each sort; who was asked for longest ago goes first
Find = Callable[[str], Awaitable[PartnerKey | None]]
Ids = Callable[[], Awaitable[Collection[str]]]


async def no_ids() -> Collection[str]:
    """Of a keyring that knows no way to list them."""
    return ()


class Keyring:
    """`find` asks the database; None is no such key. `ids` lists those of all keys."""

    def __init__(self, find: Find, ids: Ids = no_ids) -> None:
        self._find, self._list = find, ids
        self._found: TTLCache[str, PartnerKey] = TTLCache(MOST, REMEMBERED)
        self._absent: TTLCache[str, None] = TTLCache(MOST, ABSENT)  # apart: guesses push no key out
        self._ids: Collection[str] = frozenset()
        self._ids_until = 0.0
        self._listing = asyncio.Lock()

    async def find(self, key_id: str) -> PartnerKey | None:
        """Revoked and expired ones too."""
        if len(key_id) > SHORT or key_id in self._absent:
            return None
        known = self._found.get(key_id)
        if known is None:
            known = await self._find(key_id)
            if known is None:
                self._absent[key_id] = None
            else:
                self._found[key_id] = known
        return known

    async def find_listed(self, key_id: str) -> PartnerKey | None:
        """As `find`, but an id that is nobody's costs no query, however many are asked for. Raises TimeoutError."""
        if key_id not in self._found and key_id not in await self._all_ids():
            return None
        return await self.find(key_id)

    async def _all_ids(self) -> Collection[str]:
        async with asyncio.timeout(IDS_WITHIN), self._listing:
            if time.monotonic() >= self._ids_until:
                self._ids_until = time.monotonic() + IDS_REMEMBERED  # a failure is not tried again at once either
                self._ids = frozenset(await self._list())
        return self._ids

    def forget(self, key_id: str) -> None:
        """This process has changed it."""
        self._found.pop(key_id, None)
        self._absent.pop(key_id, None)


def local_keyring(pool: Pool) -> Keyring:
    """From the service's own copy of the facts."""
    return Keyring(partial(partner_keys.find, pool), partial(partner_keys.ids, pool))
