"""The metrics of broadsoft-provisioner: how BroadWorks answers, and how much of it is in use."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from prometheus_client import Gauge, Histogram

from chassis.errors import Failure

DOCUMENTS = Histogram(
    "broadworks_document_seconds",
    "One OCI document, from sending it to its reply, by how it ended.",
    ["outcome"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60),
)
SESSIONS = Gauge("broadworks_sessions", "Sessions with BroadWorks that are kept open.", ["state"])
ANSWERED, ABANDONED = "answered", "abandoned"


class Sessions(Protocol):
    """What the gauge reads, see `soap.pool`."""

    busy: int

    @property
    def idle(self) -> int: ...


def initialise() -> None:
    """A service that has sent nothing yet shows zero, not nothing."""
    DOCUMENTS.labels(ANSWERED)


@contextmanager
def document() -> Iterator[None]:
    """Times what is inside. It counts at once: BroadWorks has seen the document, whatever becomes of the message."""
    began, outcome = time.perf_counter(), ABANDONED
    try:
        yield
        outcome = ANSWERED
    except Failure as failure:
        outcome = failure.code
        raise
    finally:
        DOCUMENTS.labels(outcome).observe(time.perf_counter() - began)


async def measure(sessions: Sessions) -> None:
    """Asks nobody: the pool knows."""
    SESSIONS.labels("busy").set(sessions.busy)
    SESSIONS.labels("idle").set(sessions.idle)
