"""Time in tests: one fixed moment, and waiting for a fact instead of sleeping."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TypeVar

T = TypeVar("T")
EPOCH = datetime(2027, 3, 1, 12, tzinfo=UTC)


async def eventually(fact: Callable[[], Awaitable[T]], patience: float = 60.0) -> T:
    """The first true answer of `fact`; for what another task or process brings about in its own time."""
    deadline = asyncio.get_running_loop().time() + patience
    while not (answer := await fact()):
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"still {answer!r} after {patience} seconds")
        await asyncio.sleep(0.005)
    return answer
