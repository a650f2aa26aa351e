"""What is written down about a running stack, in its folder, for scripts and other tools.

`stack.json` is there while the stack runs. `keys.json` stays, because the database keeps the hashes of those keys.
"""

import contextlib
import secrets
from pathlib import Path

from pydantic import BaseModel

from dialtone.stack.brokers import Kind


class Running(BaseModel):
    url: str
    pid: int | None


class RunningBroker(BaseModel):
    kind: Kind
    bootstrap: str
    pid: int | None


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
    """None when no stack runs in this folder."""
    try:
        return StackFile.model_validate_json(path(folder).read_text())
    except FileNotFoundError:
        return None


def write(folder: Path, running: StackFile) -> None:
    _write_privately(path(folder), running)


def remove(folder: Path) -> None:
    path(folder).unlink(missing_ok=True)


def read_keys(folder: Path) -> Keys:
    """Made up on the first call."""
    with contextlib.suppress(FileNotFoundError):
        return Keys.model_validate_json(_keys(folder).read_text())
    keys = Keys(operator=Operator(name="operator", key=secrets.token_urlsafe(24)))
    write_keys(folder, keys)
    return keys


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
