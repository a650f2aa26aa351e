"""The whole stack goes down in mid-flight and comes up again: PostgreSQL kept its data, the embedded broker nothing."""

import asyncio
from pathlib import Path

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended, waits
from dialtone.invariants.checker import check_folder
from dialtone.seeds import seed
from dialtone.stack.configuration import Options
from dialtone.stack.stack import Stack
from tests.pipeline import forms


async def test_orders_in_flight_survive_a_restart_of_everything(place: Path) -> None:
    options = Options(folder=place, saga_patience=0.1)
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
        broken = (await check_folder(stack.folder)).broken()
    assert [order["state"] for order in orders] == ["completed"] * 5 + ["inProgress"] * 15
    assert not broken, "\n".join(broken)
