"""A request whose transaction lost against another one is run again: the database chose, nobody did wrong.

Who meets what is there already looks like one who lost a race, and is told apart by losing it always.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from asyncpg import UniqueViolationError

from chassis.http.problems import Problem
from chassis.runtime.database import CONTENTION
from chassis.runtime.patience import Patience

T = TypeVar("T")
TRIES = 3
PATIENCE = Patience(first=0.02, longest=1.0, tries=TRIES)
LOST = (*CONTENTION, UniqueViolationError)
log = structlog.get_logger()


async def tried_again(run: Callable[[], Awaitable[T]], may_run_again: Callable[[], bool]) -> T:
    """`run` begins its own transaction. Raises Problem 503 when it lost `TRIES` times, or cannot run again.

    Raises Problem 409 when the same thing was there already each of these times.
    """
    there_already = 0
    pauses = PATIENCE.begin()
    while True:
        try:
            return await run()
        except LOST as error:
            log.info("request lost a race", error=repr(error))
            there_already += isinstance(error, UniqueViolationError)
        if not may_run_again() or not await pauses.another():
            break
    if there_already == TRIES:
        detail = "Nothing was changed. Look what there is of this name or id, and send another."
        raise Problem(409, "there-already", "Something of the same name or id is there already.", detail)
    detail = "Nothing was changed. Send it again."
    raise Problem(503, "busy", "Others change the same things right now.", detail, headers={"retry-after": "1"})
