"""What a service does again and again beside its messages."""

import asyncio
from functools import partial

import structlog

from chassis.process.parts import Job
from chassis.runtime.database import OUTAGE

log = structlog.get_logger()


async def every(pause: float, job: Job) -> None:
    """Runs `job` for ever, `pause` seconds apart; a failure of one round is logged and does not end the next."""
    while True:
        try:
            await job()
        except OUTAGE as error:
            log.warning("job waits for the database", job=name_of(job), error=repr(error))
        except Exception as error:
            log.exception("job failed", job=name_of(job), exc_info=error)
        await asyncio.sleep(pause)


def name_of(job: Job) -> str:
    """The name of the function behind a job, for the log."""
    function = job.func if isinstance(job, partial) else job
    return getattr(function, "__qualname__", repr(function))
