"""The cases of the door through the running product, by Kafka: one answer for each, by its pointer."""

import asyncio
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended, waits
from testkit.door_cases import Case
from tests.door import CASES, REFUSED
from tests.pipeline.kafka_portal import Portal


def own(case: Case) -> dict[str, Any]:
    """Its form, in an order and an enterprise of its own: README's example is about the one of the cases."""
    form, mark = case.form(datetime.now(UTC)), uuid4().hex[:8]
    if case.path != "/external_id":
        form["external_id"] = f"DOOR-{mark}"
    if isinstance(form["enterprise"], str):
        form["enterprise"] = form["enterprise"].replace("Lakeside", f"Lakeside {mark}")
    return form


async def test_each_case_has_its_answer(portal: Portal, actors: Actors) -> None:
    accepted = [own(case) for case in CASES if case.status == 202]
    for form in accepted:
        await portal.submit(form)
    keys = {str(number): case for number, case in enumerate(REFUSED)}
    for key, case in keys.items():
        await portal.submit(own(case), record_key=key)
    told = await portal.rejections_of(set(keys))
    pointers = {keys[key].name: {fault["pointer"] for fault in one["faults"]} for key, one in told.items()}
    assert pointers == {case.name: {case.pointer} for case in REFUSED}
    ids = await asyncio.gather(*(actors.order_of(form["external_id"]) for form in accepted))
    orders = await asyncio.gather(*(actors.until(one, lambda found: ended(found) or waits(found)) for one in ids))
    assert len({order["id"] for order in orders}) == len(accepted) > 0
