"""The whole stack goes down in mid-flight and comes up again: PostgreSQL kept its data, the embedded broker nothing."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended, waits
from dialtone.invariants.checker import check_stack
from dialtone.seeds import seed
from dialtone.stack import stackfile
from dialtone.stack.configuration import Options
from dialtone.stack.stack import Stack
from tests.pipeline import forms


@pytest.fixture
def options() -> Iterator[Options]:
    folder = Path(tempfile.mkdtemp(prefix="dialtone-restart-"))
    yield Options(folder=folder, saga_patience=0.1)
    shutil.rmtree(folder, ignore_errors=True)


async def test_orders_in_flight_survive_a_restart_of_everything(options: Options) -> None:
    name = f"Restart {forms.SESSION}"
    async with Stack(options) as stack:
        await seed(stack)
        actors = Actors(stack)
        await actors.until(await actors.submit(forms.hosted(name, kind="new-enterprise", seats=1)), ended)
        wanted = [forms.hosted(name, seats=1) for _ in range(5)] + [forms.trunking(name) for _ in range(15)]
        ids = await asyncio.gather(*(actors.submit(form) for form in wanted))
        await actors.close()
    async with Stack(options) as stack:
        await seed(stack)
        actors = Actors(stack)
        orders = [await actors.until(one, lambda order: ended(order) or waits(order), patience=120) for one in ids]
        await actors.close()
        running = stackfile.read(stack.folder)
        assert running is not None
        report = await check_stack(running)
    assert [order["state"] for order in orders] == ["completed"] * 5 + ["inProgress"] * 15
    assert not report.broken(), "\n".join(report.broken())
