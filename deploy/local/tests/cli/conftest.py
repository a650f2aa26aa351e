"""The command in a folder with and without a stack; its services are fakes."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dialtone.cli import app as cli

from .fake_services import FakeServices

Run = Callable[..., Result]


@pytest.fixture
def services() -> Iterator[FakeServices]:
    fake = FakeServices()
    server = fake.serve()
    yield fake
    server.shutdown()
    server.server_close()


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command in a folder where no stack runs."""
    for name in ("DIALTONE_KEY", "DIALTONE_URL", "DIALTONE_TICKETING_URL", "DIALTONE_CATALOG_URL", "DIALTONE_FOLDER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DIALTONE_FOLDER", str(tmp_path))

    def run(*words: str, **options: Any) -> Result:
        return CliRunner().invoke(cli.app, words, **options)

    return run


@pytest.fixture
def run(bare: Run, services: FakeServices, tmp_path: Path) -> Run:
    """The command in a folder with a stack."""
    services.write_down(tmp_path)
    return bare
