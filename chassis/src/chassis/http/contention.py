"""A request whose transaction lost against another one is run again: the database chose, nobody did wrong.

Who meets what is there already looks like one who lost a race, and is told apart by losing it always.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from asyncpg import UniqueViolationError

from chassis.http.problems import Problem
from chassis.runtime.database import CONTENTION

T = TypeVar("T")
TRIES = 3
FIRST_PAUSE = 0.02  # seconds, at most; doubles
LOST = (*CONTENTION, UniqueViolationError)
log = structlog.get_logger()


async def tried_again(run: Callable[[], Awaitable[T]], may_run_again: Callable[[], bool]) -> T:
    """`run` begins its own transaction. Raises Problem 503 when it lost `TRIES` times, or cannot run again.

    Raises Problem 409 when the same thing was there already each of these times.
    """
    there_already = 0
    for number in range(TRIES):
        try:
            return await run()
        except LOST as error:
            log.info("request lost a race", tries=number + 1, error=repr(error))
            there_already += isinstance(error, UniqueViolationError)
            if not may_run_again():
                break
        await asyncio.sleep(random.uniform(0, FIRST_PAUSE * 2**number))  # noqa: S311  jitter is no secret
    if there_already == TRIES:
        detail = "Nothing was changed. Look what there is of this name or id, and send another."
        raise Problem(409, "there-already", "Something of the same name or id is there already.", detail)
    detail = "Nothing was changed. Send it again."
    raise Problem(503, "busy", "Others change the same things right now.", detail, headers={"retry-after": "1"})
