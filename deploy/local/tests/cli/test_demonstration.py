"""`dialtone demo`: how it ends, and that the stack is stopped whatever happens. Stack and play are replaced."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from dialtone.cli import app as cli
from dialtone.stack.errors import StackError

from .conftest import Run


class NothingRuns:
    """In the place of a stack; its parts live for ever, or `lost` says how one ended."""

    def __init__(self, lost: StackError | None = None) -> None:
        self._lost = lost

    async def watch(self) -> StackError:
        if self._lost is None:
            await asyncio.Event().wait()
        assert self._lost is not None
        return self._lost


def demonstration(
    monkeypatch: pytest.MonkeyPatch, playing: Callable[[], Any], lost: StackError | None = None
) -> list[str]:
    """Replaces the stack and the play; answers what happened to the stack."""
    happened: list[str] = []

    @asynccontextmanager
    async def running(_: Any) -> AsyncIterator[NothingRuns]:
        happened.append("started")
        try:
            yield NothingRuns(lost)
        finally:
            happened.append("stopped")

    async def play(*_: Any, **__: Any) -> bool:
        await asyncio.sleep(0.01)
        return bool(playing())

    monkeypatch.setattr(cli, "running", running)
    monkeypatch.setattr(cli, "play", play)
    return happened


def raised(error: BaseException) -> Callable[[], bool]:
    def playing() -> bool:
        raise error

    return playing


def test_a_demonstration_that_went_well_exits_0(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    happened = demonstration(monkeypatch, lambda: True)
    result = bare("demo")
    assert (result.exit_code, result.stderr) == (0, "")
    assert happened == ["started", "stopped"]


def test_a_demonstration_whose_orders_end_otherwise_exits_1(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    demonstration(monkeypatch, lambda: False)
    result = bare("demo")
    assert (result.exit_code, result.stderr) == (1, "The demonstration did not go as it should.\n")


def test_an_error_in_the_demonstration_is_one_sentence_and_the_traceback_is_in_a_file(
    bare: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    happened = demonstration(monkeypatch, raised(TimeoutError("order PO-1001 is inProgress:")))
    result = bare("demo")
    log = tmp_path / "demo" / "logs" / "demo.log"
    assert result.exit_code == 1
    assert result.stderr == f"The demonstration stopped: order PO-1001 is inProgress: (see {log})\n"
    assert "Traceback" in log.read_text()
    assert happened == ["started", "stopped"]


def test_ctrl_c_ends_the_demonstration_in_one_line(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    happened = demonstration(monkeypatch, lambda: signal.raise_signal(signal.SIGINT))
    result = bare("demo")
    assert result.exit_code == 130
    assert result.stderr == "Interrupted; everything that was started has been stopped.\n"
    assert happened == ["started", "stopped"]


def test_a_part_that_is_lost_ends_the_demonstration(bare: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    happened = demonstration(monkeypatch, lambda: True, StackError("catalog was ended by signal 9."))
    result = bare("demo")
    assert result.exit_code == 1
    assert result.stderr.startswith("The demonstration stopped: catalog was ended by signal 9. (see ")
    assert happened == ["started", "stopped"]
