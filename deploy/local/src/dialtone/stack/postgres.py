"""PostgreSQL for the stack: the embedded one as a child process, or a server somebody else runs."""

import asyncio
import hashlib
import os
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from dialtone.stack.databases import answers, create_missing, with_database
from dialtone.stack.errors import StackError
from dialtone.stack.locks import FileLock
from dialtone.stack.postgres_wheel import Installation, prepare
from dialtone.stack.processes import Account, Child

FAST = signal.SIGINT  # in PostgreSQL: disconnect everybody and shut down
LONGEST_SOCKET = 100  # bytes a path to a unix socket may have, nearly
SOCKET = ".s.PGSQL.5432"
CONNECTIONS = 200  # five services, each with a pool, its migrations and a listener


class Postgres(Protocol):
    @property
    def child(self) -> Child | None: ...
    @property
    def pid(self) -> int | None: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def kill(self) -> None: ...
    async def create_databases(self, names: Iterable[str]) -> None: ...
    def dsn(self, database: str) -> str: ...


class EmbeddedPostgres:
    """PostgreSQL 18 from a wheel, on a unix socket. The data folder stays; fsync is on, so it survives `kill`.

    It is a child in a session of its own: Ctrl-C in the terminal does not reach it, and it shuts down when its
    parent dies. A server that another, dead parent left on the data folder is stopped first.
    """

    def __init__(self, data: Path, *, log: Path) -> None:
        self.data = data.resolve()
        self._lock = FileLock(self.data.with_name(self.data.name + ".lock"))
        self.child = Child("postgres", [], log=log, when_parent_dies=FAST)

    @property
    def pid(self) -> int | None:
        return self.child.pid

    def dsn(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={quote(str(self._socket_folder()))}"

    async def start(self) -> None:
        self._lock.take()
        try:
            installed = await asyncio.to_thread(prepare, self.data)
            await asyncio.to_thread(self._stop_what_was_left, installed)
            self.child.command = self._command(installed.programs)
            self.child.account, self.child.folder = installed.account, self.data
            self.child.start()
            await self.child.until(self._answers)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        await self.child.stop(grace=20.0, how=FAST)
        self._lock.release()

    async def kill(self) -> None:
        await self.child.kill()
        self._lock.release()

    async def create_databases(self, names: Iterable[str]) -> None:
        await create_missing(self.dsn("postgres"), names)

    async def _answers(self) -> bool:
        return await answers(self.dsn("postgres"))

    def _command(self, programs: Path) -> list[str]:
        settings = {
            "listen_addresses": "",
            "port": "5432",  # only names the socket
            "unix_socket_directories": str(self._socket_folder(make_for=self._account_of_data())),
            "max_connections": str(CONNECTIONS),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(programs / "postgres"), "-D", str(self.data), *options]

    def _socket_folder(self, *, make_for: Account | None = None) -> Path:
        """The data folder, or a private one with a short name where its path is too long for a socket."""
        if len(os.fsencode(self.data / SOCKET)) <= LONGEST_SOCKET:
            return self.data
        short = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        folder = Path(tempfile.gettempdir()) / f"dialtone-{short}"
        if make_for is not None:
            folder.mkdir(mode=0o700, exist_ok=True)
            if folder.stat().st_uid not in (os.geteuid(), make_for.user):
                raise StackError(f"{folder} belongs to somebody else: choose another folder for the database.")
            os.chown(folder, make_for.user, make_for.group)
        return folder

    def _account_of_data(self) -> Account:
        owner = self.data.stat()
        return Account(owner.st_uid, owner.st_gid)

    def _stop_what_was_left(self, installed: Installation) -> None:
        """Nobody else owns the lock, so a server that still runs on the data folder has no parent any more."""
        if not (self.data / "postmaster.pid").exists():
            return
        account = installed.account
        subprocess.run(
            [str(installed.programs / "pg_ctl"), "-D", str(self.data), "-m", "fast", "-w", "-t", "30", "stop"],
            user=account.user if account else None,
            group=account.group if account else None,
            extra_groups=[] if account else None,
            cwd=self.data,
            capture_output=True,
            check=False,  # it fails when the file was left by a server that is gone, which the next start sees itself
        )


class ExternalPostgres:
    """A server that somebody else runs, given by a URL whose user may create databases. Never stopped."""

    child: Child | None = None
    pid: int | None = None

    def __init__(self, url: str) -> None:
        self._url = url

    def dsn(self, database: str) -> str:
        return with_database(self._url, database)

    async def start(self) -> None:
        if not await answers(self._url):
            raise StackError("The PostgreSQL server of DIALTONE_POSTGRES_URL does not answer or does not let us in.")

    async def stop(self) -> None:
        pass

    async def kill(self) -> None:
        raise StackError("This PostgreSQL server is not ours to kill.")

    async def create_databases(self, names: Iterable[str]) -> None:
        await create_missing(self._url, names)
