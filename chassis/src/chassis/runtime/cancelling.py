"""Whose end a cancellation is.

Client libraries cancel futures of their own, when a connection goes for instance, and who waits for one of those gets
the same exception as a task that shall end. A loop that takes it for its own end is silently gone.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from chassis.errors import Transient


class Interrupted(Transient):
    """What it waited for was cancelled by somebody else."""

    code = "interrupted"


@contextmanager
def only_by_us() -> Iterator[None]:
    """Raises Interrupted for a cancellation that is not of the task in which this runs."""
    try:
        yield
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raise Interrupted from error
