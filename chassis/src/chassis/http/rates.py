"""How often somebody may ask: so many times a second, with bursts, and a memory that nobody can fill.

Libraries of rate limits keep an entry for every stranger until it expires, or know windows only, which have no bursts.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

MOST_REMEMBERED = 10_000
ROUNDING = 1e-6  # seconds
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` can come at once, `per_second` in the long run."""

    per_second: float
    burst: int


class Buckets:
    """A bucket of tokens for each subject, as the one moment from which it will be full (GCRA)."""

    def __init__(self, rate: Rate, clock: Clock = time.monotonic, most: int = MOST_REMEMBERED) -> None:
        self._pause, self._span = 1 / rate.per_second, rate.burst / rate.per_second
        self._clock, self._most = clock, most
        self._full_at: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_at)

    def wait(self, subject: Hashable) -> float:
        """Seconds until there is a token; 0 when there is one. Takes none."""
        now = self._clock()
        full_at = max(self._full_at.get(subject, now), now)
        seconds = (full_at - now) + self._pause - self._span
        return seconds if seconds > ROUNDING else 0.0

    def take(self, subject: Hashable, tokens: int = 1) -> float:
        """As `wait`; takes so many tokens when there is one: who asks for much waits for it afterwards."""
        seconds = self.wait(subject)
        if not seconds:
            self.owe(subject, tokens)
        return seconds

    def owe(self, subject: Hashable, tokens: int) -> None:
        """Takes so many tokens, whether they are there or not."""
        self._spend(subject, tokens)

    def charge(self, subject: Hashable) -> None:
        """Takes a token that may not be there yet; the debt is at most one."""
        self._spend(subject, 1, deepest=self._span)

    def _spend(self, subject: Hashable, tokens: int, *, deepest: float = math.inf) -> None:
        now = self._clock()
        full_at = max(self._full_at.pop(subject, now), now) + self._pause * tokens
        self._full_at[subject] = min(full_at, now + deepest)
        if len(self._full_at) > self._most:  # who was away longest starts anew
            self._full_at.popitem(last=False)


class Recent:
    """The subjects seen last."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._seen: OrderedDict[Hashable, None] = OrderedDict()
        self._most = most

    def __contains__(self, subject: Hashable) -> bool:
        return subject in self._seen

    def add(self, subject: Hashable) -> None:
        self._seen[subject] = None
        self._seen.move_to_end(subject)
        if len(self._seen) > self._most:
            self._seen.popitem(last=False)

    def discard(self, subject: Hashable) -> None:
        self._seen.pop(subject, None)
