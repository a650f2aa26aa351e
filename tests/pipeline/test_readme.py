"""What README tells a portal to type is typed here."""

import asyncio
import json
import os
import re
import shutil
import sys
from pathlib import Path

import pytest

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended
from dialtone.stack.stack import Stack
from testkit.needs import do_without
from tests.pipeline import forms

README = Path(__file__).parents[2] / "README.md"
BIN = str(Path(sys.executable).parent)


def block(language: str, containing: str) -> str:
    (found,) = [
        one
        for one in re.findall(rf"^```{language}\n(.*?)^```$", README.read_text(), re.DOTALL | re.MULTILINE)
        if containing in one
    ]
    return str(found)


@pytest.fixture
def here(stack: Stack, tmp_path: Path) -> Path:
    """A folder with the stack in `.dialtone`, as after `make up`."""
    (tmp_path / ".dialtone").symlink_to(stack.folder)
    return tmp_path


async def typed(here: Path, *command: str) -> str:
    environment = {**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "NO_COLOR": "1", "COLUMNS": "140"}
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=here,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    return out.decode()


@pytest.fixture
def curl() -> None:
    """And what reads its answers."""
    if missing := [program for program in ("curl", "jq") if shutil.which(program) is None]:
        do_without(f"THE EXAMPLE WITH CURL IS NOT TRIED HERE: {' and '.join(missing)} missing")


@pytest.mark.usefixtures("curl")
async def test_the_order_with_curl_completes(here: Path, actors: Actors) -> None:
    said = await typed(here, "bash", "-euc", block("sh", "curl"))
    assert '"external_id":"PO-2001","state":"acknowledged"' in said
    assert "run 1  completed" in said
    (order,) = await actors.orders("PO-2001")
    assert order["state"] == "completed"


async def test_the_order_by_kafka_is_accepted(here: Path, actors: Actors, enterprise: str) -> None:
    form = forms.hosted(enterprise, seats=1)
    (here / "order.json").write_text(json.dumps(form))
    (here / "portal.py").write_text(block("python", "orders.submissions"))
    said = await typed(here, sys.executable, "portal.py")
    order_id = await actors.order_of("PO-2002")
    assert f"PO-2002 is order {order_id}" in said
    assert (await actors.until(order_id, ended))["state"] == "completed"
