"""The five real processes, on the embedded broker and on Apache Kafka; the invariants are checked after every test."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from dialtone.demo.actors import Actors
from dialtone.invariants.checker import check_folder
from dialtone.seeds import seed
from dialtone.stack.configuration import Options
from dialtone.stack.kafka_jars import missing_tools
from dialtone.stack.stack import Stack
from dialtone.stack.stackfile import read_keys
from testkit.needs import do_without
from tests.pipeline import forms

HERE = Path(__file__).parent
# The saga's deadlines are a tenth of production's: 6 s, then 12 s, then 18 s for most steps.
PATIENCE = 0.1
# Seconds for the last records to be read: a consumer that has gone deaf has joined anew well within them.
SETTLES = 240.0
STOCK = ("+12012000000", "+12122000000", "+12152000000", "+13052000000")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE / "pipeline") or item.path.is_relative_to(HERE / "faults"):
            item.add_marker(pytest.mark.pipeline)


def pytest_report_header() -> str:
    if missing := missing_tools():
        return f"pipeline: ON THE EMBEDDED BROKER ONLY; Apache Kafka needs {' and '.join(missing)}, missing here"
    return "pipeline: on the embedded broker and on Apache Kafka"


@pytest.fixture(scope="session", params=["embedded", pytest.param("kafka", marks=pytest.mark.kafka)])
def broker(request: pytest.FixtureRequest) -> str:
    if request.param == "kafka" and (missing := missing_tools()):
        do_without(f"APACHE KAFKA IS NOT TESTED HERE: {' and '.join(missing)} missing")
    return str(request.param)


@pytest.fixture
def place() -> Iterator[Path]:
    """Of a stack that one test starts itself. Not in pytest's own folder, for the reason below."""
    made = Path(tempfile.mkdtemp(prefix="dialtone-alone-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture(scope="session")
def folder(broker: str) -> Iterator[Path]:
    """Not in pytest's own temporary folder: it closes that one to the user that PostgreSQL runs as under root."""
    made = Path(tempfile.mkdtemp(prefix=f"dialtone-{broker}-"))
    yield made
    logs = Path(".dialtone") / "test-logs" / broker
    shutil.rmtree(logs, ignore_errors=True)
    if (made / "logs").exists():
        shutil.copytree(made / "logs", logs)
    shutil.rmtree(made, ignore_errors=True)


@pytest_asyncio.fixture(scope="session")
async def stack(folder: Path, broker: str) -> AsyncIterator[Stack]:
    # Wrong keys at once: more than a service has routes, fewer than the siege guesses.
    limits = {"HTTP_REQUESTS_BURST": "1000", "HTTP_WRONG_KEYS_BURST": "50"}
    fast = {"WAITING_FIRST_DELAY": "0.2", "WAITING_ATTEMPTS": "4", **limits}
    environment = {"*": fast}
    options = Options(folder=folder, broker=broker, saga_patience=PATIENCE, environment=environment)  # type: ignore[arg-type]
    async with Stack(options) as running:
        await seed(running)
        yield running


@pytest_asyncio.fixture(scope="session")
async def actors(stack: Stack) -> AsyncIterator[Actors]:
    made = Actors(stack)
    yield made
    await made.close()


@pytest_asyncio.fixture(scope="session")
async def enterprise(stack: Stack, actors: Actors) -> str:
    """The name of an enterprise that an order has built, with plenty of numbers in stock."""
    headers = {"authorization": f"Bearer {read_keys(stack.folder).operator.key}"}
    async with httpx.AsyncClient(headers=headers, trust_env=False, timeout=60) as client:
        for first in STOCK:
            stock = {"first": first, "count": 3000, "rate_center": "Test", "region": "NJ"}
            (await client.post(f"{stack.url('did-inventory')}/numbers", json=stock)).raise_for_status()
    name = f"Enterprise {forms.SESSION}"
    order_id = await actors.submit(forms.hosted(name, kind="new-enterprise", seats=1))
    order = await actors.until(order_id, lambda order: bool(order["final"]))
    assert order["state"] == "completed"
    return name


@pytest_asyncio.fixture(autouse=True)
async def invariants(request: pytest.FixtureRequest) -> AsyncIterator[None]:
    """What must always hold, checked by the one shared checker after every test that used the stack."""
    yield
    if "stack" in request.fixturenames:
        # A name of its own: a failure that shows the whole report shows what is not held yet as if it were broken.
        broken = (await check_folder(request.getfixturevalue("stack").folder, patience=SETTLES)).broken()
        assert not broken, "\n".join(broken)
