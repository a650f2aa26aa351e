"""Supervision of child processes, ports and locks."""

import asyncio
import os
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from dialtone.stack import ports
from dialtone.stack.errors import StackError
from dialtone.stack.lifeline import PR_SET_PDEATHSIG
from dialtone.stack.locks import FileLock
from dialtone.stack.processes import Child

Gone = Callable[[int], bool]
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)


async def always() -> bool:
    return True


async def never() -> bool:
    return False


def python(tmp_path: Path, code: str, *, name: str = "catalog") -> Child:
    return Child(name, [sys.executable, "-c", textwrap.dedent(code)], tmp_path / "logs" / f"{name}.log")


async def said(child: Child, word: str) -> None:
    async def heard() -> bool:
        return word in child.last_words()

    await child.until(heard)


async def test_a_child_that_dies_while_starting_is_one_sentence_and_its_last_lines(tmp_path: Path) -> None:
    child = python(tmp_path, "print('reading settings'); raise SystemExit('DATABASE_URL is missing')")
    child.start()
    with pytest.raises(StackError) as caught:
        await child.until(never)
    assert str(caught.value).splitlines() == [
        f"catalog ended with exit code 1; its log is {child.log} and ends with:",
        "reading settings",
        "DATABASE_URL is missing",
    ]


async def test_a_child_that_is_never_ready_is_named_with_the_time_it_had(tmp_path: Path) -> None:
    child = python(tmp_path, "import time; time.sleep(600)")
    child.start()
    with pytest.raises(StackError, match=r"^catalog was not ready after 0 s; its log is \S+, and it is empty$"):
        await child.until(never, patience=0.1)
    await child.kill()


async def test_last_words_are_only_those_of_the_last_run(tmp_path: Path) -> None:
    child = python(tmp_path, "import os; print('run', os.environ['RUN'])")
    for run in ("one", "two"):
        child.environment = {"RUN": run}
        child.start()
        await child.finish()
    assert child.log.read_text() == "run one\nrun two\n"
    assert child.last_words().splitlines()[1:] == ["run two"]


async def test_a_child_that_ignores_sigterm_is_killed_after_its_grace(tmp_path: Path, gone: Gone) -> None:
    child = python(tmp_path, STUBBORN)
    child.start()
    await said(child, "up")
    pid = child.pid
    assert pid is not None
    await child.stop(grace=0.2)
    assert gone(pid)
    assert child.pid is None


async def test_a_child_can_be_started_again_after_a_kill(tmp_path: Path) -> None:
    child = python(tmp_path, STUBBORN)
    child.start()
    first = child.pid
    await child.kill()
    child.start()
    await child.until(always)
    assert child.pid not in (None, first)
    await child.kill()


async def test_only_a_child_that_nobody_ended_counts_as_lost(tmp_path: Path, gone: Gone) -> None:
    child = python(tmp_path, STUBBORN)
    assert child.lost() is None
    child.start()
    assert child.lost() is None
    assert child.pid is not None
    os.kill(child.pid, 9)
    assert gone(child.pid)
    assert "catalog ended with SIGKILL" in str(child.lost())
    child.start()
    await child.kill()
    assert child.lost() is None


async def test_a_child_is_out_of_reach_of_ctrl_c_in_the_terminal(tmp_path: Path) -> None:
    child = python(tmp_path, STUBBORN)
    child.start()
    assert child.pid is not None
    assert os.getpgid(child.pid) == child.pid != os.getpgid(0)
    assert os.getsid(child.pid) == child.pid
    await child.kill()


async def test_a_child_does_not_inherit_what_the_shell_says_about_other_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = ("PGPORT", "DATABASE_URL_FILE", "KAFKA_SECURITY_PROTOCOL", "BROADWORKS_CA_FILE", "OPERATOR_KEYS_FILE")
    for name in elsewhere:
        monkeypatch.setenv(name, "1")
    child = python(tmp_path, f"import os; print([name for name in os.environ if name in {elsewhere}])")
    child.start()
    await child.finish()
    assert child.log.read_text() == "[]\n"


PARENT = """
    import asyncio, sys
    from pathlib import Path
    from dialtone.stack.processes import Child

    child = Child("sleeper", [sys.executable, "-c", "import time; time.sleep(600)"], Path(sys.argv[1]))
    child.start()
    print(child.pid, flush=True)
    asyncio.run(asyncio.sleep(600))
"""


@pytest.mark.skipif(sys.platform != "linux", reason=f"prctl({PR_SET_PDEATHSIG}) is Linux")
async def test_a_killed_parent_leaves_nothing_running(tmp_path: Path, gone: Gone) -> None:
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(PARENT), str(tmp_path / "log"), stdout=subprocess.PIPE
    )
    assert parent.stdout is not None
    sleeper = int(await parent.stdout.readline())
    parent.kill()
    await parent.wait()
    assert gone(sleeper)


def test_a_busy_port_is_one_clear_sentence() -> None:
    with socket.create_server((ports.LOOPBACK, 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(StackError, match=f"^Port {port}, wanted for catalog, is already in use: [^\n]*$"):
            ports.require_free(port, "catalog")
    assert ports.require_free(port, "catalog") == port


def test_free_ports_are_never_given_twice_and_never_one_the_kernel_gives_to_clients() -> None:
    given = [ports.free_port() for _ in range(50)]
    assert len(set(given)) == 50
    assert ports.LAST < 32_768  # where Linux begins, unless it is told otherwise; macOS at 49152
    assert all(ports.FIRST <= port < ports.LAST for port in given)


def test_a_lock_has_one_owner_and_ends_with_it(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock")
    first.take()
    with pytest.raises(StackError, match=f"^{tmp_path} is in use by process {os.getpid()}: [^\n]*$"):
        second.take()
    first.release()
    second.take()
    assert second.taken
    second.release()
