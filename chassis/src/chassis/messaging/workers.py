"""Works off what waits: many keys side by side, the messages of one key in their order, each by one process at a time.

A slow one delays nobody but its own key. Of a process that died or froze the messages are free again when it has not
said for a while that it has them in hand.
"""

import asyncio
import contextlib

import structlog

from chassis.messaging import waiting
from chassis.messaging.retrying import Retrying
from chassis.messaging.waiting import Held
from chassis.runtime.cancelling import only_by_us
from chassis.runtime.database import BLAMELESS, OUTAGE, Pool
from chassis.runtime.jobs import attempt
from chassis.runtime.patience import Patience

AT_ONCE = 64  # keys; what they talk to has bounds of its own
# Seconds between looks for what became due, or was left behind by another process: twice as long after each that found
# nothing, until something happens here.
SOON, SELDOM = 0.5, 4.0
OUT_OF_REACH = Patience(first=0.2, longest=5.0)  # our own database
log = structlog.get_logger()


class Workers:
    """`run` works; `wake` says that there is something new. What is in hand stays so for `seconds` after `keep_up`."""

    def __init__(self, retrying: Retrying, pool: Pool, seconds: float) -> None:
        self._retrying, self._pool, self.seconds = retrying, pool, seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._holders: dict[str, int] = {}
        self._woken = asyncio.Event()
        self._restless = False

    def wake(self) -> None:
        """Something has begun to wait."""
        self._restless = True
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        pause = SOON
        while True:
            self._woken.clear()
            await attempt(self.round)
            pause = SOON if self._tasks or self._restless else min(2 * pause, SELDOM)
            self._restless = False
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def round(self) -> None:
        """Begins with what is due, as far as there are hands."""
        free = AT_ONCE - len(self._tasks)
        for held in await self._take(free) if free else ():
            task = asyncio.create_task(self._work_off(held))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    async def key(self, key: str) -> None:
        """What is due of one key, in order, until one has to wait longer or somebody else has it in hand."""
        for held in await self._take(1, key):
            await self._work_off(held)

    async def idle(self) -> None:
        """Waits until nothing is in hand any more."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def keep_up(self) -> None:
        """A job, several times in `seconds`: what is in hand stays there."""
        if self._holders:
            await waiting.keep(self._pool, self._holders, self.seconds)

    async def stop(self, patience: float) -> None:
        """What is not done within so many seconds is broken off, and free for other processes at once."""
        tasks = set(self._tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=patience)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._holders:
            with contextlib.suppress(*OUTAGE):
                await waiting.let_go(self._pool, self._holders)

    async def _take(self, most: int, key: str | None = None) -> list[Held]:
        taken = await waiting.take(self._pool, most, self.seconds, key=key)
        for held in taken:
            self._holders[held.holder] = self._holders.get(held.holder, 0) + 1
        return taken

    async def _work_off(self, held: Held) -> None:
        while await self._outcome(held):
            following = await self._take(1, held.queue)
            if not following:
                return
            held = following[0]

    async def _outcome(self, held: Held) -> bool:
        """False when it waits on. While our database is out of reach it stays in hand, and is tried again."""
        pauses = OUT_OF_REACH.begin()
        while True:
            try:
                with only_by_us():
                    has_outcome = await self._retrying.waited(held)
            except (*OUTAGE, *BLAMELESS) as error:
                log.warning("a waiting message stays in hand", message=held.row_id, error=repr(error))
                await pauses.another()
            except Exception:
                self._laid_down(held)  # of nobody knows what; it is taken again when it is free
                raise
            else:
                self._laid_down(held)
                self._restless |= not has_outcome
                return has_outcome

    def _laid_down(self, held: Held) -> None:
        self._holders[held.holder] -= 1
        if not self._holders[held.holder]:
            del self._holders[held.holder]

    def _done(self, task: asyncio.Task[None]) -> None:
        if len(self._tasks) == AT_ONCE:
            self.wake()
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("a waiting message was left in hand", exc_info=error)
