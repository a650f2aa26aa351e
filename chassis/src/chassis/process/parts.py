"""What a service is made of. `compose` of each service makes it, for production and for tests alike."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fastapi import FastAPI

from chassis.http.health import Check
from chassis.messaging.service import Service
from chassis.runtime.jobs import Job


async def nothing() -> None:
    """For parts that hold nothing open."""


@dataclass(frozen=True, slots=True)
class Parts:
    """`jobs` are (seconds, coroutine function) pairs: each is called again and again with that pause between.

    `start` is run once, before any of these; `close` gives back what composing has opened. `ready` are named checks,
    beside those of the frame, that must be true before requests come in.
    """

    service: Service
    api: FastAPI
    jobs: tuple[tuple[float, Job], ...] = ()
    start: Job = nothing
    close: Job = nothing
    ready: Mapping[str, Check] = field(default_factory=dict)
