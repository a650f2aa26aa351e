"""Handlers that talk to the world: one at a time for a key, and once more after a crash."""

import asyncio
from typing import Any

import pytest

from chassis.messaging.workers import AT_ONCE
from contracts.numbers import ReleaseNumbers, ReserveNumbers
from testkit.delivery import deliver, work_off
from testkit.records import record_of
from testkit.time import eventually

from .conversations import Down, do, undo, until_called
from .messages import filled


async def test_an_outside_handler_is_remembered_and_answered(toy: Any) -> None:
    await deliver(toy.boundary(), [do("a"), do("b")])
    await deliver(toy.boundary(), [do("a")])
    assert sorted(toy.world) == ["a", "b"]
    assert sorted(await toy.replies()) == [
        ("NumbersAssigned", "a:do:1:reply"),
        ("NumbersAssigned", "a:do:1:reply"),
        ("NumbersAssigned", "b:do:1:reply"),
    ]


async def test_the_same_message_twice_in_a_batch_goes_out_once(toy: Any) -> None:
    await deliver(toy.boundary(), [do("a"), do("a")])
    assert (toy.world, len(await toy.replies())) == (["a"], 1)


async def test_a_batch_is_handled_while_what_works_outside_has_only_begun(toy: Any) -> None:
    """Whoever hangs out there, the topic is read on."""
    boundary = toy.boundary()
    toy.pauses["a"] = asyncio.Event()
    await boundary.handle([do("a")])
    await boundary.workers.round()
    await until_called(toy, 1)
    await boundary.handle([record_of(ReserveNumbers(order_id="b", run=1, partner_id="p-1"), "b:1"), do("c")])
    assert (await toy.replies(), await toy.effects()) == ([("NumbersReserved", "b:1:reply")], ["b"])
    await boundary.workers.round()
    await until_called(toy, 3)
    toy.pauses["a"].set()
    await boundary.workers.idle()
    assert (toy.world, await toy.waiting()) == (["c", "a"], [])


async def test_different_keys_run_side_by_side_and_one_key_in_order(toy: Any) -> None:
    boundary = toy.boundary()
    toy.pauses |= {"a": asyncio.Event(), "b": asyncio.Event()}
    await boundary.handle([do("a"), do("a", 2), do("b"), undo("c")])
    await boundary.workers.round()
    await until_called(toy, 3)
    await boundary.handle([do("a", 3), filled("a")])
    assert sorted(toy.calls) == [("assign", "a"), ("assign", "b"), ("check", "c")]
    for pause in toy.pauses.values():
        pause.set()
    await boundary.workers.idle()
    assert [what for what, order_id in toy.calls if order_id == "a"] == ["assign"] * 3 + ["filled"]
    assert (toy.most, await toy.waiting()) == (1, [])


async def test_an_outage_of_the_world_keeps_its_orders_waiting_and_drains_them(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Down(), ConnectionRefusedError("nobody listens")]
    await deliver(boundary, [do("a"), do("b"), undo("c")])
    await boundary.handle([do("a", 2)])
    assert (sorted(toy.world), await toy.waiting()) == (["b", "c"], ["a:do:1", "a:do:2"])
    await boundary.workers.key("a")
    assert await toy.waiting() == ["a:do:1", "a:do:2"]
    await boundary.workers.key("a")
    assert (toy.world[2:], await toy.waiting()) == (["a", "a"], [])


async def test_more_keys_than_connections_are_worked_on_at_once(toy: Any) -> None:
    """A conversation keeps no connection to our database, and the pool is small."""
    boundary = toy.boundary()
    orders = [f"o-{number}" for number in range(20)]
    toy.pauses = {order_id: asyncio.Event() for order_id in orders}
    await boundary.handle([do(order_id) for order_id in orders])
    await boundary.workers.round()
    await until_called(toy, 20)
    for pause in toy.pauses.values():
        pause.set()
    await boundary.workers.idle()
    assert (sorted(toy.world), await toy.waiting()) == (sorted(orders), [])


async def test_no_more_are_worked_on_than_there_are_hands_and_the_rest_follows(toy: Any) -> None:
    boundary = toy.boundary()
    orders = [f"o-{number:03}" for number in range(AT_ONCE + 10)]
    toy.pauses = {order_id: asyncio.Event() for order_id in orders}
    await boundary.handle([do(order_id) for order_id in orders])
    running = asyncio.create_task(boundary.workers.run())
    await until_called(toy, AT_ONCE)
    await boundary.workers.round()
    assert len(toy.calls) == AT_ONCE
    for pause in toy.pauses.values():
        pause.set()

    async def nothing_waits() -> bool:
        return not await toy.waiting()

    await eventually(nothing_waits)
    running.cancel()
    assert sorted(toy.world) == orders


async def test_one_key_is_never_worked_on_twice_at_once(toy: Any) -> None:
    boundaries = [toy.boundary(), toy.boundary()]
    for attempt in range(1, 8):
        await boundaries[attempt % 2].handle([do("a", attempt)])
    await asyncio.gather(*(work_off(boundary) for boundary in boundaries * 3))
    assert (toy.most, len(toy.world), await toy.waiting()) == (1, 7, [])


async def test_the_undo_of_a_do_that_is_in_hand_waits_for_it(toy: Any) -> None:
    boundary, other = toy.boundary(), toy.boundary()
    toy.pauses["a"] = asyncio.Event()
    await boundary.handle([do("a")])
    await boundary.workers.round()
    await until_called(toy, 1)
    await deliver(other, [undo("a")])
    assert (toy.calls, await toy.waiting()) == ([("assign", "a")], ["a:do:1", "a:undo"])
    toy.pauses["a"].set()
    await boundary.workers.idle()
    assert ([what for what, _ in toy.calls], toy.most) == (["assign", "check"], 1)
    assert [kind for kind, _ in await toy.replies()] == ["NumbersAssigned", "BackorderChecked"]


async def test_a_do_that_fails_while_its_undo_waits_for_it_is_not_tried_again(toy: Any) -> None:
    boundary = toy.boundary(waiting_first_delay=3600)
    toy.pauses["a"] = asyncio.Event()
    await boundary.handle([do("a")])
    await boundary.workers.round()
    await until_called(toy, 1)
    await boundary.handle([undo("a")])
    toy.fails["a"] = [Down()]
    toy.pauses["a"].set()
    await boundary.workers.idle()
    assert ([what for what, _ in toy.calls], await toy.waiting()) == (["assign", "check"], [])
    assert [kind for kind, _ in await toy.replies()] == ["BackorderChecked"]


async def test_the_undo_of_a_do_in_the_same_batch_comes_alone(toy: Any) -> None:
    await deliver(toy.boundary(), [do("a"), undo("a")])
    assert (toy.calls, await toy.waiting()) == ([("check", "a")], [])


async def test_the_undo_ends_the_wait_of_a_do_that_nobody_has_in_hand(toy: Any) -> None:
    boundary = toy.boundary(waiting_first_delay=3600)
    toy.fails["a"] = [Down()]
    await deliver(boundary, [do("a")])
    await deliver(boundary, [undo("a")])
    assert (toy.calls, await toy.waiting()) == ([("assign", "a"), ("check", "a")], [])


async def test_a_second_process_does_not_overtake_the_first_within_a_key(toy: Any) -> None:
    first, second = toy.boundary(), toy.boundary()
    toy.pauses["a"] = asyncio.Event()
    await first.handle([do("a"), do("a", 2)])
    await first.workers.round()
    await until_called(toy, 1)
    await second.workers.key("a")
    await work_off(second)
    assert toy.calls == [("assign", "a")]
    toy.pauses["a"].set()
    await first.workers.idle()
    assert (toy.most, len(toy.world), await toy.waiting()) == (1, 2, [])
    assert [id_ for _, id_ in await toy.replies()] == ["a:do:1:reply", "a:do:2:reply"]


async def test_a_late_do_does_not_go_out_after_its_undo(toy: Any) -> None:
    await deliver(toy.boundary(), [undo("a"), do("a")])
    assert toy.calls == [("check", "a")]
    assert [kind for kind, _ in await toy.replies()] == ["BackorderChecked", "StepAlreadyUndone"]


@pytest.mark.parametrize("error", [KeyError("x"), Down()])
async def test_one_order_that_fails_outside_does_not_stop_the_others(toy: Any, error: Exception) -> None:
    toy.fails["bad"] = [error]
    await deliver(toy.boundary(), [do("a"), do("bad"), do("b")])
    assert sorted(toy.world) == ["a", "b"]


async def test_inside_and_outside_handlers_share_a_batch(toy: Any) -> None:
    reserve = record_of(ReserveNumbers(order_id="a", run=1, partner_id="p-1"), "1")
    release = record_of(ReleaseNumbers(order_id="b", run=1), "2")
    await deliver(toy.boundary(), [do("a"), reserve, do("b"), release])
    assert (await toy.effects(), sorted(toy.world)) == (["a"], ["a", "b"])
    assert len(await toy.replies()) == 4
