"""The words of the command line are an interface: `--help` of every command is as it was committed.

DIALTONE_WRITE_HELP=1 writes the files anew.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
from rich.ansi import AnsiDecoder
from typer.testing import CliRunner

from dialtone.cli.app import app

FOLDER = Path(__file__).parent / "help"


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


COMMANDS = list(commands(typer.main.get_command(app)))


def file_of(path: tuple[str, ...]) -> Path:
    return FOLDER / f"{' '.join(('dialtone', *path)).replace(' ', '-')}.txt"


def help_of(path: tuple[str, ...]) -> str:
    result = CliRunner().invoke(app, [*path, "--help"], prog_name="dialtone")
    assert result.exit_code == 0, result.output
    lines = (line.plain.rstrip() for line in AnsiDecoder().decode(result.output))
    return "\n".join(lines).strip("\n") + "\n"


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("TERM", "dumb")


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_the_help_is_as_it_was_committed(path: tuple[str, ...]) -> None:
    if os.environ.get("DIALTONE_WRITE_HELP"):
        FOLDER.mkdir(exist_ok=True)
        file_of(path).write_text(help_of(path))
    assert help_of(path) == file_of(path).read_text()


def test_every_file_belongs_to_a_command() -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == {file_of(path).name for path in COMMANDS}


def test_every_option_and_argument_says_what_it_is() -> None:
    silent = []
    for path in COMMANDS:
        command: Any = typer.main.get_command(app)
        for name in path:
            command = command.commands[name]
        silent += [f"{' '.join(path)}: {one.name}" for one in command.params if not getattr(one, "help", None)]
    assert silent == []
