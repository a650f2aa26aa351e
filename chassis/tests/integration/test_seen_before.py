"""What was handled before changes nothing and is answered again; an undo bars its late do."""

import asyncio
from typing import Any

import pytest

from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from contracts import topics
from contracts.errors import StepAlreadyUndone
from contracts.message import Reply
from contracts.numbers import (
    NumbersReleased,
    NumbersReserved,
    ReleaseNumbers,
    ReserveNumbers,
)
from testkit.records import record_of
from testkit.time import eventually

from .messages import do, filled, undo


async def test_a_duplicate_changes_nothing_and_gets_the_same_reply_again(toy: Any) -> None:
    boundary = toy.boundary()
    await boundary.handle([do("a")])
    await boundary.handle([do("a")])
    first, again = await toy.letters()
    assert (await toy.effects(), toy.calls) == (["a"], [("reserve", "a")])
    assert (first.id, first.key, first.value) == (again.id, again.key, again.value)
    assert isinstance(again.message, NumbersReserved)


async def test_a_duplicate_of_a_refusal_is_refused_again(toy: Any) -> None:
    for _ in range(2):
        await toy.boundary().handle([do("a", partner="refused")])
    assert await toy.replies() == [("NumbersUnavailable", "a:do:1:reply")] * 2


async def test_the_same_message_twice_in_a_batch_is_handled_once_and_answered_twice(toy: Any) -> None:
    await toy.boundary().handle([do("a"), do("b"), do("a"), undo("b"), do("a")])
    assert sorted(toy.calls) == [("release", "b"), ("reserve", "a"), ("reserve", "b")]
    assert [one for one in await toy.replies() if "a:" in one[1]] == [("NumbersReserved", "a:do:1:reply")] * 3


async def test_an_event_seen_before_is_not_handled_again(toy: Any) -> None:
    await toy.boundary().handle([filled("a"), filled("a")])
    await toy.boundary().handle([filled("a")])
    assert toy.calls == [("filled", "a")]
    assert await toy.letters() == []


@pytest.mark.parametrize("together", [True, False])
async def test_a_do_that_comes_after_its_undo_is_refused(toy: Any, together: bool) -> None:  # noqa: FBT001
    boundary = toy.boundary()
    for batch in [[undo("a"), do("a")]] if together else [[undo("a")], [do("a")]]:
        await boundary.handle(batch)
    assert (await toy.effects(), toy.calls) == ([], [("release", "a")])
    assert [kind for kind, _ in await toy.replies()] == ["NumbersReleased", "StepAlreadyUndone"]


async def test_a_do_after_its_undo_is_refused_when_one_handler_takes_both(toy: Any) -> None:
    service = Service("toy", listens_to=[topics.NUMBERS_COMMANDS])

    @service.on_batch(ReserveNumbers, ReleaseNumbers)
    async def both(commands: Any, unit: Unit) -> list[Reply]:
        toy.calls.extend((type(one).__name__, one.order_id) for one in commands)
        return [NumbersReleased(order_id=one.order_id, run=1, numbers=()) for one in commands]

    await toy.boundary(service).handle([do("a"), undo("b"), do("b"), undo("a"), do("a", attempt=2)])
    assert toy.calls == [("ReserveNumbers", "a"), ("ReleaseNumbers", "b"), ("ReleaseNumbers", "a")]
    refused = [one for one in await toy.letters() if isinstance(one.message, StepAlreadyUndone)]
    assert [one.id for one in refused] == ["b:do:1:reply", "a:do:2:reply"]


async def test_a_do_of_the_next_run_is_not_barred_by_an_old_undo(toy: Any) -> None:
    await toy.boundary().handle([undo("a")])
    again = record_of(
        ReserveNumbers(order_id="a", run=2, partner_id="p"), "a:2", step="reserve numbers", direction="do"
    )
    await toy.boundary().handle([again])
    assert await toy.effects() == ["a"]


async def test_a_late_reply_to_a_do_is_heard_by_the_saga_and_not_refused(toy: Any) -> None:
    service = Service("saga", listens_to=[topics.ORDERS_REPLIES])
    heard = []

    @service.on_batch(NumbersReserved, NumbersReleased, StepAlreadyUndone)
    async def hear(replies: Any, unit: Unit) -> list[None]:
        heard.extend(type(one).__name__ for one in replies)
        return [None] * len(replies)

    undone = NumbersReleased(order_id="a", run=1, numbers=())
    late = StepAlreadyUndone(order_id="a", run=1, code="step-already-undone", reason="Undone.")
    boundary = toy.boundary(service)
    await boundary.handle([record_of(undone, "a:undo:1:reply", step="reserve numbers", direction="undo")])
    await boundary.handle([record_of(late, "a:do:1:reply", step="reserve numbers", direction="do")])
    assert heard == ["NumbersReleased", "StepAlreadyUndone"]
    assert await toy.letters() == []


async def test_two_processes_with_the_same_batch_have_one_effect(toy: Any) -> None:
    toy.pauses["a"] = asyncio.Event()
    tasks = [asyncio.create_task(toy.boundary(in_place_seconds=2.0).handle([do("a"), do("b")])) for _ in range(2)]

    async def both_are_in_the_handler() -> bool:
        return len(toy.calls) >= 2

    await eventually(both_are_in_the_handler)
    toy.pauses["a"].set()
    await asyncio.gather(*tasks)
    assert sorted(await toy.effects()) == ["a", "b"]
    assert set(await toy.replies()) == {("NumbersReserved", "a:do:1:reply"), ("NumbersReserved", "b:do:1:reply")}
    assert await toy.waiting() == []
