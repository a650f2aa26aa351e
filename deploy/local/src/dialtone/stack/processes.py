"""Child processes: started in a session of their own (Ctrl-C of the terminal reaches only us), watched, stopped."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dialtone.stack.errors import StackError
from dialtone.stack.lifeline import dies_with_parent

PAUSE = 0.05  # seconds between two looks at a child


ELSEWHERE = ("PG", "DATABASE_URL", "KAFKA_", "BROADWORKS_", "OPERATOR_KEYS")


@dataclass(frozen=True, slots=True)
class Account:
    """The system account a child runs under, when it is not ours."""

    user: int
    group: int


@dataclass
class Child:
    """One supervised process. `kill` and `start` again are allowed at any time; its log is appended to."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    account: Account | None = None
    when_parent_dies: signal.Signals = signal.SIGKILL
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _log_start: int = field(default=0, init=False)
    _asked_to_end: bool = field(default=True, init=False)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self.running() else None

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Call it from the main thread (see lifeline)."""
        if self.running():
            raise StackError(f"{self.name} is already running as process {self.pid}.")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        account = self.account
        self._asked_to_end = False
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=_environment(self.environment),
                cwd=self.folder,
                start_new_session=True,
                user=account.user if account else None,
                group=account.group if account else None,
                extra_groups=[] if account else None,
                preexec_fn=dies_with_parent(self.when_parent_dies),  # noqa: PLW1509  one system call, no lock
            )

    async def until(self, ready: Callable[[], Awaitable[bool]], *, patience: float = 60.0) -> None:
        """Wait until `ready` says so. Raises StackError when the child dies or `patience` seconds are over."""
        deadline = time.monotonic() + patience
        while True:
            if not self.running():
                raise self.died()
            if await ready():
                return
            if time.monotonic() > deadline:
                raise StackError(f"{self.name} was not ready after {patience:.0f} s; {self.last_words()}")
            await asyncio.sleep(PAUSE)

    async def finish(self, *, patience: float = 120.0) -> None:
        """For a child that has an end: wait for it. Raises StackError unless it exits with 0."""
        if not await self._gone_within(patience):
            await self.kill()
            raise StackError(f"{self.name} had not finished after {patience:.0f} s; {self.last_words()}")
        if self._process is not None and self._process.returncode != 0:
            raise self.died()

    async def stop(self, *, grace: float = 20.0, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask it to end; after `grace` seconds end it."""
        self._asked_to_end = True
        if self._process is None or not self.running():
            return
        self.thaw()  # who is frozen hears nothing
        self._process.send_signal(how)
        if not await self._gone_within(grace):
            await self.kill()

    async def kill(self) -> None:
        """SIGKILL, to everything in its session that has not left it."""
        self._asked_to_end = True
        if self._process is None or not self.running():
            return
        os.killpg(self._process.pid, signal.SIGKILL)
        await self._gone_within(10.0)

    def freeze(self) -> None:
        """It keeps its connections and its locks and does nothing, until `thaw`."""
        if self._process is not None and self.running():
            os.killpg(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        if self._process is not None and self.running():
            os.killpg(self._process.pid, signal.SIGCONT)

    def lost(self) -> StackError | None:
        """Set when it has ended and neither `stop` nor `kill` was called."""
        return None if self._asked_to_end or self.running() else self.died()

    def died(self) -> StackError:
        code = self._process.returncode if self._process else None
        how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
        return StackError(f"{self.name} ended with {how}; {self.last_words()}")

    def last_words(self, lines: int = 8) -> str:
        """The end of what this run has logged, and where the rest is."""
        with self.log.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(self._log_start, size - 4_000))
            said = log.read().decode(errors="replace").strip().splitlines()[-lines:]
        where = f"its log is {self.log}"
        return f"{where} and ends with:\n" + "\n".join(said) if said else f"{where}, and it is empty"

    async def _gone_within(self, seconds: float) -> bool:
        deadline = time.monotonic() + seconds
        while self.running():
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(PAUSE)
        return True


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    """Ours and `extra`, without what the shell may say about another database, broker or BroadWorks."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(ELSEWHERE)}
    return ours | {"PYTHONUNBUFFERED": "1"} | dict(extra)
