"""What is written down about a running stack, in its folder, for scripts and other tools.

`stack.json` is there while the stack runs. `keys.json` stays, because the database keeps the hashes of those keys.
"""

import contextlib
import secrets
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from dialtone.stack.brokers import Kind
from dialtone.stack.errors import StackError

File = TypeVar("File", bound=BaseModel)


class Running(BaseModel):
    url: str
    pid: int | None


class RunningBroker(BaseModel):
    """`since` is when it began with nothing; None where it has kept everything."""

    kind: Kind
    bootstrap: str
    pid: int | None
    since: datetime | None = None


class Simulator(Running):
    user: str
    password: str


class Partner(BaseModel):
    """The partner of the demonstration, and the API key in the clear."""

    id: str
    name: str
    key: str


class Operator(BaseModel):
    name: str
    key: str


class Keys(BaseModel):
    operator: Operator
    partner: Partner | None = None


class StackFile(BaseModel):
    services: dict[str, Running]
    broker: RunningBroker
    database: dict[str, str]
    postgres_pid: int | None
    simulator: Simulator
    operator: Operator
    partner: Partner | None


def path(folder: Path) -> Path:
    return folder / "stack.json"


def read(folder: Path) -> StackFile | None:
    """None when no stack runs in this folder. Raises StackError for a file that is none of ours."""
    try:
        return _read(path(folder), StackFile)
    except FileNotFoundError:
        return None


def write(folder: Path, running: StackFile) -> None:
    _write_privately(path(folder), running)


def remove(folder: Path) -> None:
    path(folder).unlink(missing_ok=True)


def read_keys(folder: Path) -> Keys:
    """Made up on the first call. Raises StackError for a file that is none of ours."""
    with contextlib.suppress(FileNotFoundError):
        return _read(_keys(folder), Keys)
    keys = Keys(operator=Operator(name="operator", key=secrets.token_urlsafe(24)))
    write_keys(folder, keys)
    return keys


def _read(file: Path, kind: type[File]) -> File:
    try:
        return kind.model_validate_json(file.read_text())
    except ValidationError:
        raise StackError(f"{file} is not what is written there: another program's, or another version's.") from None


def write_keys(folder: Path, keys: Keys) -> None:
    _write_privately(_keys(folder), keys)


def _keys(folder: Path) -> Path:
    return folder / "keys.json"


def _write_privately(where: Path, what: BaseModel) -> None:
    """Only for our eyes, and whole at any moment."""
    unfinished = where.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(what.model_dump_json(indent=2) + "\n")
    unfinished.replace(where)
