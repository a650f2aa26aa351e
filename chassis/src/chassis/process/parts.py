"""What a service is made of. `compose` of each service makes it, for production and for tests alike."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from fastapi import FastAPI

from chassis.messaging.service import Service

Job = Callable[[], Awaitable[None]]


async def nothing() -> None:
    """For parts that hold nothing open."""


@dataclass(frozen=True, slots=True)
class Parts:
    """`jobs` are (seconds, coroutine function) pairs: each is called again and again with that pause between.

    `start` is run once, before any of these; `close` gives back what composing has opened.
    """

    service: Service
    api: FastAPI
    jobs: tuple[tuple[float, Job], ...] = ()
    start: Job = nothing
    close: Job = nothing
