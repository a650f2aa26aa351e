"""A PostgreSQL that speaks TLS. The embedded one is built without it: this takes the programs of the machine."""

import asyncio
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg

from chassis.runtime.database import OUTAGE
from dialtone.stack.ports import free_port
from dialtone.stack.processes import Account, Child
from testkit.certificates import Authority

PASSWORD = "open sesame"
# Nobody comes in without TLS; "catalog" with a certificate, the superuser with a password.
RULES = "hostssl all catalog 127.0.0.1/32 cert\nhostssl all all 127.0.0.1/32 scram-sha-256\n"


def programs() -> Path | None:
    """The folder with `initdb` and `postgres`; the newest version of Debian's, or what is on the PATH."""
    there = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parts[-3]))
    on_path = shutil.which("initdb")
    found = there[-1] if there else Path(on_path).resolve() if on_path else None
    return found.parent if found else None


@asynccontextmanager
async def running(bin_folder: Path, authority: Authority) -> AsyncIterator[int]:
    """The port, on the loopback interface."""
    account = _account()
    with tempfile.TemporaryDirectory(prefix="dialtone-tls-", ignore_cleanup_errors=True) as made:
        folder, data = Path(made), Path(made) / "data"
        if account:
            os.chown(folder, account.user, account.group)
        await asyncio.to_thread(_initialise, bin_folder, data, account)
        settings = {"ssl_ca_file": _given(authority.file, folder, account)}
        for name, file in zip(("ssl_cert_file", "ssl_key_file"), authority.issue("localhost"), strict=True):
            settings[name] = _given(file, folder, account)
        port = free_port()
        settings |= {"port": str(port), "listen_addresses": "127.0.0.1", "ssl": "on", "unix_socket_directories": ""}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        server = Child(
            "postgres", [str(bin_folder / "postgres"), "-D", str(data), *options], folder / "log", account=account
        )
        server.folder = folder
        server.start()
        try:
            await server.until(lambda: _answers(port))
            yield port
        finally:
            await server.stop()


def _initialise(bin_folder: Path, data: Path, account: Account | None) -> None:
    password = data.with_name("password")
    password.write_text(PASSWORD)
    password.chmod(0o644)
    initdb = [bin_folder / "initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", "--no-sync"]
    subprocess.run(
        [*initdb, f"--pwfile={password}"],
        check=True,
        capture_output=True,
        cwd=data.parent,
        user=account.user if account else None,
        group=account.group if account else None,
        extra_groups=[] if account else None,
    )
    (data / "pg_hba.conf").write_text(RULES)


def _account() -> Account | None:
    """PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    found = pwd.getpwnam("nobody")
    return Account(found.pw_uid, found.pw_gid)


def _given(file: Path, folder: Path, account: Account | None) -> str:
    """A copy that the server may read, and nobody else."""
    copy = folder / file.name
    shutil.copyfile(file, copy)
    copy.chmod(0o600)
    if account:
        os.chown(copy, account.user, account.group)
    return str(copy)


async def _answers(port: int) -> bool:
    try:
        connection = await asyncpg.connect(_superuser(port))
    except OUTAGE:
        return False
    await connection.close()
    return True


def _superuser(port: int) -> str:
    return f"postgresql://postgres:open%20sesame@localhost:{port}/postgres?sslmode=require"
