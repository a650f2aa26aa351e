"""The committed JSON is what the code makes, and `--check` says when it is not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.dashboards.files import GRAFANA


def build(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(folder / "build.py"), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(GRAFANA, tmp_path / "grafana"))


def test_what_is_committed_is_what_the_code_makes() -> None:
    ran = build(GRAFANA, "--check")
    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize("drift", ["changed", "missing", "foreign"])
def test_drift_is_one_sentence_and_building_mends_it(copy: Path, drift: str) -> None:
    committed = copy / "dashboards" / "orders.json"
    wanted = committed.read_text()
    wrong = copy / "dashboards" / "by-hand.json" if drift == "foreign" else committed
    if drift == "missing":
        wrong.unlink()
    else:
        wrong.write_text(wanted.replace("Outbox age", "Outbox rage"))
    ran = build(copy, "--check")
    assert ran.returncode == 1
    assert ran.stderr == (
        f"Not what the code makes: {wrong.name} in deploy/grafana/dashboards; run `python deploy/grafana/build.py`.\n"
    )
    assert build(copy).returncode == 0
    assert build(copy, "--check").returncode == 0
    assert committed.read_text() == wanted
