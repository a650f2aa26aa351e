"""Sessions kept open between orders, each used by one caller at a time."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from broadsoft_provisioner.soap.client import Connection
from broadsoft_provisioner.soap.faults import LoginRefused, NoFreeSession
from broadsoft_provisioner.soap.login import Credentials
from broadsoft_provisioner.soap.sessions import Session
from chassis.errors import Transient


@dataclass(frozen=True, slots=True)
class Limits:
    """`login_pause` is how long a refused login is believed before the next attempt."""

    size: int = 5
    lifetime: float = 900.0
    acquire: float = 10.0
    login_pause: float = 300.0


class SessionPool:
    """`idle` counts the sessions that wait for a caller, `busy` the callers that have one, or are getting it."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        credentials: Credentials,
        limits: Limits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._connect = connect
        self._credentials = credentials
        self._limits = limits or Limits()
        self._clock = clock
        self._slots = asyncio.Semaphore(self._limits.size)
        self._idle: list[Session] = []
        self._refused: tuple[float, LoginRefused] | None = None
        self.busy = 0

    @property
    def idle(self) -> int:
        return len(self._idle)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[Session]:
        """A session of the caller's own. It is dropped when what was done with it ended in doubt."""
        try:
            async with asyncio.timeout(self._limits.acquire):
                await self._slots.acquire()
        except TimeoutError as error:
            raise NoFreeSession(f"Waited {self._limits.acquire} s.") from error
        self.busy += 1
        try:
            session = await self._taken()
            try:
                yield session
            except (Transient, asyncio.CancelledError):
                await session.drop()
                raise
            except BaseException:
                self._idle.append(session)
                raise
            self._idle.append(session)
        finally:
            self.busy -= 1
            self._slots.release()

    async def close(self) -> None:
        """Logs out of the idle sessions."""
        while self._idle:
            await self._idle.pop().close()

    async def _taken(self) -> Session:
        while self._idle:
            session = self._idle.pop()
            if self._clock() - session.opened < self._limits.lifetime:
                return session
            await session.close()
        return await self._opened()

    async def _opened(self) -> Session:
        """A refused login is not repeated at once: that would lock the account."""
        if self._refused and self._clock() - self._refused[0] < self._limits.login_pause:
            raise self._refused[1]
        session = Session(self._connect(), self._credentials, self._clock())
        try:
            await session.open()
        except BaseException as error:
            await session.drop()
            if isinstance(error, LoginRefused):
                self._refused = (self._clock(), error)
            raise
        self._refused = None
        return session
