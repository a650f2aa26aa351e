"""The process itself: started, killed and started again."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from broadworks_simulator import soap
from broadworks_simulator.endpoint import PATHS
from broadworks_simulator.xmltree import escape

from .oci import command, document
from .waiting import wait_for


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """A simulator on a free port; killed, not asked to stop, at the end."""
    port_file = folder / "port"
    port_file.unlink(missing_ok=True)
    arguments = ["--port", "0", "--port-file", str(port_file), "--state", str(folder / "state.jsonl")]
    environment = {**os.environ, "BROADWORKS_SIMULATOR_PASSWORD": "open sesame"}
    process = subprocess.Popen([sys.executable, "-m", "broadworks_simulator", *arguments], env=environment)
    try:
        wait_for(port_file.exists)
        yield f"http://127.0.0.1:{port_file.read_text()}"
    finally:
        process.kill()
        process.wait()


def post(client: httpx.Client, *commands: str) -> str:
    message = escape(document("main", *commands))
    body = (
        f'<e:Envelope xmlns:e="{soap.ENVELOPE}"><e:Body><processOCIMessage xmlns="{soap.TARGET}">'
        f"<in0>{message}</in0></processOCIMessage></e:Body></e:Envelope>"
    )
    return client.post(PATHS[0], content=body).text


def test_the_state_survives_a_kill(tmp_path: Path) -> None:
    login = command("LoginRequest22V5", userId="admin", password="open sesame")
    with running(tmp_path) as address, httpx.Client(base_url=address) as client:
        post(client, login)
        assert "SuccessResponse" in post(client, command("SystemDomainAddRequest", domain="acme.example"))
        state = tmp_path / "state.jsonl"
        wait_for(lambda: "acme.example" in state.read_text())
    with running(tmp_path) as address:
        assert "acme.example" in httpx.get(f"{address}/admin/state").json()["domains"]
