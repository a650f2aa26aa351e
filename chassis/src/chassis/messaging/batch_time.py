"""What a batch may take: a consumer that does not poll for five minutes is taken for dead by its group."""

import time
from collections.abc import Callable
from dataclasses import replace

from chassis.errors import Failure
from chassis.runtime.patience import Patience, Pauses

IN_PLACE = Patience(first=0.05, longest=1.0)


class BatchTooLong(Failure):
    """The rest of the batch comes again; what was handled of it is known then."""

    code = "batch-too-long"


class BatchTime:
    """Begins now. `in_place` is how many seconds all retries in place may take together, `longest` how many all may."""

    def __init__(self, in_place: float, longest: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        begun = clock()
        self._in_place_until, self._until = begun + in_place, begun + longest

    def pauses(self) -> Pauses:
        """Between the tries of a message; none when the time for retries is spent."""
        left = max(self._in_place_until - self._clock(), 0.0)
        return replace(IN_PLACE, seconds=left, clock=self._clock).begin()

    def check(self) -> None:
        """To be called after each message, so that each round brings one further. Raises BatchTooLong."""
        if self._clock() > self._until:
            raise BatchTooLong
