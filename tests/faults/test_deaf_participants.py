"""A participant that stands still for longer than all deadlines together costs its orders time, and nothing else."""

import asyncio
from pathlib import Path

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended, waits
from dialtone.invariants.checker import check_folder
from dialtone.seeds import seed
from dialtone.stack.configuration import Options
from dialtone.stack.stack import Stack
from tests.pipeline import forms

PATIENCE = 0.02  # five tries of a step take 18 s, of a provisioning 90
FROZEN = 35.0


async def test_no_order_is_undone_because_a_participant_was_frozen(place: Path, broker: str) -> None:
    options = Options(folder=place, broker=broker, saga_patience=PATIENCE)  # type: ignore[arg-type]
    async with Stack(options) as stack:
        await seed(stack)
        actors = Actors(stack)
        for first in ("+12012000000", "+12122000000"):
            await actors.bring_stock(first, 100)
        stack.freeze("catalog")
        searches = [forms.search("201", 1, trunking=True)]
        wanted = [forms.trunking("Deaf", kind="new-enterprise", number_searches=searches)]
        wanted += [forms.hosted(f"Deaf {number}", kind="new-enterprise", seats=1) for number in range(3)]
        ids = await asyncio.gather(*(actors.submit(form) for form in wanted))
        await asyncio.sleep(FROZEN)
        stack.thaw("catalog")
        orders = [
            await actors.until(order_id, lambda order: ended(order) or waits(order), patience=120) for order_id in ids
        ]
        await actors.close()
        assert [order["state"] for order in orders] == ["inProgress"] + ["completed"] * 3
        assert {order["run"] for order in orders} == {1}
        broken = (await check_folder(place)).broken()
    assert not broken, "\n".join(broken)
