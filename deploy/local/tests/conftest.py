"""Looking at processes from the outside."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest

Gone = Callable[[int], bool]


def alive(pid: int) -> bool:
    """Linux. A zombie does not count: it has ended, and only nobody has asked yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture(scope="session")
def gone() -> Gone:
    """Whether a process has ended, within half a minute."""

    def wait(pid: int) -> bool:
        deadline = time.monotonic() + 30
        while alive(pid):
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        return True

    return wait
