"""What a service does again and again beside its messages."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from chassis.runtime.cancelling import only_by_us
from chassis.runtime.database import BLAMELESS, OUTAGE

LONGEST_ROUND = 300.0  # seconds
Job = Callable[[], Awaitable[None]]
log = structlog.get_logger()


async def every(pause: float, job: Job, *, first: float = 0.0, within: float | None = LONGEST_ROUND) -> None:
    """Runs `job` for ever, `pause` seconds apart; a failure of one round is logged and does not end the next.

    `first` is how many seconds the first round waits, `within` how many a round may take: one that waits for what
    never comes would be the last.
    """
    await asyncio.sleep(first)
    while True:
        await attempt(job, within)
        await asyncio.sleep(pause)


async def attempt(job: Job, within: float | None = None) -> None:
    """One round, of at most `within` seconds; a failure is logged, whatever it is of."""
    try:
        with only_by_us():
            async with asyncio.timeout(within):
                await job()
    except (*OUTAGE, *BLAMELESS) as error:
        log.warning("job waits for the database", job=name_of(job), error=repr(error))
    except Exception as error:
        log.exception("job failed", job=name_of(job), exc_info=error)


def name_of(job: Job) -> str:
    """The name of the function behind a job, for the log."""
    function = job.func if isinstance(job, partial) else job
    return getattr(function, "__qualname__", repr(function))
