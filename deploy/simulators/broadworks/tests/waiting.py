"""Waiting for a fact that a process or a thread brings about in its own time."""

import time
from collections.abc import Callable

DEADLINE_SECONDS = 30


def wait_for(fact: Callable[[], bool]) -> None:
    end = time.monotonic() + DEADLINE_SECONDS
    while not fact():
        assert time.monotonic() < end, "it is not so after all this time"
        time.sleep(0.005)
