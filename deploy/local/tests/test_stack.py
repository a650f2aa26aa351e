"""The order and the ends of a whole stack, with stand-ins for the services: small HTTP servers of the same names."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import asyncpg
import httpx
import pytest

from dialtone.stack import stackfile
from dialtone.stack.configuration import Options
from dialtone.stack.errors import StackError
from dialtone.stack.services import SERVICES, SIMULATOR
from dialtone.stack.stack import Stack

Gone = Callable[[int], bool]
pytestmark = pytest.mark.integration

STAND_IN = '''
    """Answers every GET with its environment; its database must be there when it ends, too."""
    import asyncio, json, os, signal, sys
    from http.server import BaseHTTPRequestHandler, HTTPServer

    import asyncpg

    def port():
        if "--port" in sys.argv:
            return int(sys.argv[sys.argv.index("--port") + 1])
        return int(os.environ["SERVICE_PORT"])

    async def note(what):
        connection = await asyncpg.connect(os.environ["DATABASE_URL"])
        await connection.execute("CREATE TABLE IF NOT EXISTS notes (what text)")
        await connection.execute("INSERT INTO notes VALUES ($1)", what)
        await connection.close()

    def end(*_):
        if "DATABASE_URL" in os.environ:
            asyncio.run(note("ended in order"))
        sys.exit(0)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(dict(os.environ)).encode())

        def log_message(self, *_):
            pass

    if os.environ.get("BROKEN"):
        raise SystemExit("a setting is wrong")
    if "migrate" in sys.argv:
        asyncio.run(note("migrated"))
    else:
        signal.signal(signal.SIGTERM, end)
        HTTPServer(("127.0.0.1", port()), Handler).serve_forever()
'''


@pytest.fixture
def stand_ins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "stand_ins"
    for service in (*SERVICES, SIMULATOR):
        module = folder / service.module
        module.mkdir(parents=True)
        (module / "__init__.py").touch()
        (module / "__main__.py").write_text(textwrap.dedent(STAND_IN))
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.delenv("DIALTONE_POSTGRES_URL", raising=False)
    return folder


async def environment_of(stack: Stack, name: str) -> dict[str, str]:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(stack.url(name))
    environment: dict[str, str] = answer.json()
    return environment


async def test_a_stack_starts_is_written_down_bears_kills_and_leaves_nothing(
    stand_ins: Path, tmp_path: Path, gone: Gone
) -> None:
    said: list[tuple[str, str]] = []
    options = Options(
        folder=tmp_path / "stack",
        saga_patience=0.1,
        environment={"*": {"LOG_LEVEL": "DEBUG"}, "catalog": {"BATCH_SIZE": "7"}},
    )
    async with Stack(options, progress=lambda name, state: said.append((name, state))) as stack:
        written = stackfile.read(stack.folder)
        assert written is not None
        pids = [running.pid for running in written.services.values()]
        pids += [written.broker.pid, written.postgres_pid, written.simulator.pid]
        assert set(written.services) == {service.name for service in SERVICES}
        assert None not in pids

        told = await environment_of(stack, "order-intake")
        assert told["SAGA_PATIENCE"] == "0.1"
        assert told["LOG_LEVEL"] == "DEBUG"
        assert told["DATABASE_URL"] == stack.dsn("order-intake") == written.database["order-intake"]
        assert (await environment_of(stack, "catalog"))["BATCH_SIZE"] == "7"
        assert (await environment_of(stack, "broadsoft-provisioner"))["BROADWORKS_URL"].startswith(
            written.simulator.url
        )

        bootstrap = stack.broker.bootstrap
        for name in ("catalog", "simulator", "postgres"):
            await stack.kill(name)
            assert stack.pid(name) is None
            await stack.start_service(name)
        await stack.restart_broker_empty()
        assert stack.broker.bootstrap == bootstrap
        written = stackfile.read(stack.folder)
        assert written is not None
        assert written.services["catalog"].pid == stack.pid("catalog") != pids[1]
        pids += [stack.pid(name) for name in ("catalog", "simulator", "postgres", "broker")]

    assert all(gone(pid) for pid in pids if pid)
    assert stackfile.read(stack.folder) is None
    states = [name for name, state in said if state.startswith("ready")]
    assert set(states[:2]) == {"postgres", "broker"}


async def test_a_service_that_cannot_start_takes_the_stack_down_with_one_clear_sentence(
    stand_ins: Path, tmp_path: Path
) -> None:
    stack = Stack(Options(folder=tmp_path / "stack", environment={"ticketing": {"BROKEN": "1"}}))
    with pytest.raises(
        StackError, match=r"^the migration of ticketing ended with exit code 1; [^\n]*\na setting is wrong$"
    ):
        await stack.start()
    assert [stack.pid(name) for name in ("postgres", "broker", "simulator", "catalog")] == [None] * 4
    assert not stackfile.path(stack.folder).exists()


async def test_a_part_that_ends_by_itself_is_noticed(stand_ins: Path, tmp_path: Path) -> None:
    async with Stack(Options(folder=tmp_path / "stack")) as stack:
        watching = asyncio.create_task(stack.watch())
        await stack.kill("ticketing")
        await asyncio.sleep(0.7)
        assert not watching.done()
        pid = stack.pid("catalog")
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        lost = await asyncio.wait_for(watching, 5)
        assert str(lost).startswith("catalog ended with SIGKILL; its log is ")


async def test_a_missing_package_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dialtone.stack.services.find_spec", lambda _module: None)
    with pytest.raises(StackError, match=r"^Not installed here: dialtone-order-intake, [^\n]*$"):
        await Stack(Options(folder=tmp_path / "stack")).start()


UP = """
    import asyncio, sys
    from pathlib import Path
    from dialtone.stack.configuration import Options
    from dialtone.stack.stack import Stack

    async def main():
        async with Stack(Options(folder=Path(sys.argv[1]))) as stack:
            print(*[stack.pid(name) for name in [*stack.services, "postgres", "broker", "simulator"]], flush=True)
            await asyncio.sleep(600)

    asyncio.run(main())
"""


async def test_ctrl_c_stops_the_services_before_their_database(stand_ins: Path, tmp_path: Path, gone: Gone) -> None:
    up = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "ignore",
        "-c",
        textwrap.dedent(UP),
        str(tmp_path / "stack"),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert up.stdout is not None
    pids = [int(pid) for pid in (await up.stdout.readline()).split()]
    assert len(pids) == len(SERVICES) + 3
    os.killpg(up.pid, signal.SIGINT)  # as the terminal does: to everybody in the foreground
    await asyncio.wait_for(up.wait(), 20)
    assert all(gone(pid) for pid in pids)

    async with Stack(Options(folder=tmp_path / "stack")) as again:
        for service in SERVICES:
            connection = await asyncpg.connect(again.dsn(service.name))
            notes = [row["what"] for row in await connection.fetch("SELECT what FROM notes")]
            await connection.close()
            assert notes == ["migrated", "ended in order", "migrated"]
