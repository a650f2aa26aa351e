"""Ctrl-C at a terminal, while a stack is still coming up."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

DIALTONE = Path(sys.executable).with_name("dialtone")
pytestmark = pytest.mark.integration


# A shell starts what goes to its background with SIGINT ignored.
IN_THE_BACKGROUND = ("sh", "-c", 'trap "" INT; exec "$0" "$@"')


@pytest.mark.parametrize("before", [(), IN_THE_BACKGROUND], ids=["in front", "in the background"])
@pytest.mark.parametrize("words", [("demo",), ("up",)], ids=" ".join)
async def test_ctrl_c_while_the_stack_starts_prints_one_line_and_leaves_nothing(
    tmp_path: Path, gone: Callable[[int], bool], words: tuple[str, ...], before: tuple[str, ...]
) -> None:
    command = await asyncio.create_subprocess_exec(
        *before,
        DIALTONE,
        *words,
        "--folder",
        str(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert command.stderr is not None
    said: list[str] = []
    while not (said and said[-1].split()[:2] == ["postgres", "ready"]):
        said.append((await command.stderr.readline()).decode())
        assert said[-1], f"it ended by itself: {said}"
    children = [child.pid for child in psutil.Process(command.pid).children(recursive=True)]
    assert children
    os.killpg(command.pid, signal.SIGINT)  # as the terminal does: to everybody in the foreground
    _, err = await asyncio.wait_for(command.communicate(), 30)
    assert command.returncode == 130
    assert err.decode().splitlines()[-1] == "Interrupted; everything that was started has been stopped."
    assert "Traceback" not in err.decode()
    assert all(gone(pid) for pid in children)
