"""A message that fails for a while waits, its key with it; the undo of the step wins over it."""

import asyncio
import time
from typing import Any

import pytest
from prometheus_client import REGISTRY

from chassis.messaging import waiting
from testkit.time import eventually

from .messages import Busy, Wrong, do, filled, undo

SHOWN = ("", "_oldest_timestamp_seconds")


async def test_a_transient_failure_is_tried_again_in_place(toy: Any) -> None:
    toy.fails["a"] = [Busy(), Busy()]
    await toy.boundary(in_place_seconds=60.0).handle([do("a")])
    assert await toy.effects() == ["a"]
    assert await toy.waiting() == []


async def test_a_failing_message_keeps_its_key_waiting_and_the_others_flow(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Busy()] * 2
    await boundary.handle([do("a"), do("b"), filled("a")])
    await boundary.handle([filled("a"), do("c")])
    assert await toy.effects() == ["b", "c"]
    assert await toy.waiting() == ["a:do:1", "a:event"]
    row = await toy.pool.fetchrow("SELECT * FROM waiting ORDER BY id LIMIT 1")
    assert (row["error_code"], row["attempt"], row["key"], row["topic"]) == ("toy-busy", 1, "a", "numbers.commands")
    assert (row["record_key"], row["value"]) == (do("a").key, do("a").value)


async def test_a_waiting_key_drains_in_order_when_it_works_again(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Busy()] * 2
    await boundary.handle([do("a")])
    await boundary.handle([filled("a"), do("a", attempt=2)])
    toy.calls.clear()
    await boundary.workers.key("a")
    assert toy.calls == [("reserve", "a"), ("filled", "a"), ("reserve", "a")]
    assert await toy.replies() == [("NumbersReserved", "a:do:1:reply"), ("NumbersReserved", "a:do:2:reply")]
    assert await toy.waiting() == []


async def test_a_waiting_key_waits_longer_each_time_and_keeps_its_order(toy: Any) -> None:
    boundary = toy.boundary(waiting_attempts=9)
    toy.fails["a"] = [Busy()] * 4
    await boundary.handle([do("a"), filled("a")])
    before = await toy.pool.fetchval("SELECT retry_at FROM waiting ORDER BY id LIMIT 1")
    await boundary.workers.key("a")
    row = await toy.pool.fetchrow("SELECT attempt, retry_at FROM waiting ORDER BY id LIMIT 1")
    assert (row["attempt"], row["retry_at"] > before) == (2, True)
    assert ("filled", "a") not in toy.calls
    assert await toy.waiting() == ["a:do:1", "a:event"]


async def test_a_duplicate_of_a_waiting_message_does_not_wait_twice(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Busy()] * 2
    await boundary.handle([do("a")])
    await boundary.handle([do("a"), do("a")])
    assert await toy.waiting() == ["a:do:1"]


async def test_what_was_answered_before_its_key_waited_is_answered_again(toy: Any) -> None:
    boundary = toy.boundary()
    await boundary.handle([do("a")])
    toy.fails["a"] = [Busy()] * 2
    await boundary.handle([filled("a")])
    await boundary.handle([do("a")])
    assert await toy.replies() == [("NumbersReserved", "a:do:1:reply")] * 2
    assert await toy.waiting() == ["a:event"]


async def test_headers_survive_waiting_byte_for_byte(toy: Any) -> None:
    boundary = toy.boundary()
    strange = do("a")
    strange.headers += [("x", None), ("x", b"\xff\x00"), ("é", "ü".encode())]
    toy.fails["a"] = [Busy()] * 2 + [Wrong("now for good")]
    strange.headers = [one for one in strange.headers if one[0] != "ce_sagaid"]
    await boundary.handle([strange])
    await boundary.workers.key("a")
    (letter,) = await toy.letters("dead-letters")
    assert letter.headers[: len(strange.headers)] == strange.headers


async def test_the_undo_of_a_waiting_do_wins(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Busy()] * 2
    await boundary.handle([do("a")])
    await boundary.handle([undo("a")])
    assert (await toy.waiting(), await toy.replies()) == ([], [("NumbersReleased", "a:undo:1:reply")])
    await boundary.handle([do("a")])
    assert await toy.effects() == []
    assert (await toy.replies())[-1][0] == "StepAlreadyUndone"


async def test_a_do_that_waits_in_the_batch_of_its_undo_leaves_nothing(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Busy()] * 2
    await boundary.handle([do("a"), undo("a")])
    await boundary.workers.key("a")
    assert (await toy.effects(), await toy.waiting()) == ([], [])


async def test_an_undo_that_meets_the_retry_of_its_do_leaves_nothing(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Busy()] * 2
    await boundary.handle([do("a")])
    toy.calls.clear()
    toy.pauses["a"] = asyncio.Event()
    retried = asyncio.create_task(boundary.workers.key("a"))

    async def the_do_is_in_its_handler() -> bool:
        return ("reserve", "a") in toy.calls

    await eventually(the_do_is_in_its_handler)
    undone = asyncio.create_task(toy.boundary().handle([undo("a")]))

    async def the_undo_is_handled_or_waits() -> bool:
        return undone.done() or ("release", "a") in toy.calls or await toy.somebody_waits_for_a_lock()

    await eventually(the_undo_is_handled_or_waits)
    toy.pauses["a"].set()
    await asyncio.gather(retried, undone)
    await boundary.workers.key("a")
    assert (await toy.effects(), await toy.waiting()) == ([], [])
    assert "NumbersReleased" in [kind for kind, _ in await toy.replies()]


async def test_two_processes_that_retry_a_key_have_one_outcome(toy: Any) -> None:
    toy.fails["a"] = [Busy()] * 2
    await toy.boundary(waiting_attempts=2).handle([do("a")])
    toy.calls.clear()
    toy.pauses["a"] = asyncio.Event()
    tasks = [asyncio.create_task(toy.boundary(waiting_attempts=2).workers.key("a")) for _ in range(2)]

    async def one_handles_and_the_other_handles_waits_or_left() -> bool:
        handling, left = len(toy.calls), sum(task.done() for task in tasks)
        return handling >= 1 and (handling + left == 2 or await toy.somebody_waits_for_a_lock())

    await eventually(one_handles_and_the_other_handles_waits_or_left)
    toy.pauses["a"].set()
    await asyncio.gather(*tasks)
    assert await toy.effects() == ["a"]
    assert {kind for kind, _ in await toy.replies()} == {"NumbersReserved"}


async def test_how_many_wait_and_since_when_is_told(toy: Any) -> None:
    assert await waiting.measure(toy.pool, "toy") == (0, 0.0, 0.0)
    toy.fails |= {"a": [Busy()] * 2, "b": [Busy()] * 2}
    begun = time.time()
    await toy.boundary().handle([do("a"), do("b"), filled("a")])
    count, oldest, _ = await waiting.measure(toy.pool, "toy")
    assert (count, oldest - begun == pytest.approx(0, abs=60)) == (3, True)
    shown = {name: REGISTRY.get_sample_value(f"messages_waiting{name}", {"service": "toy"}) for name in SHOWN}
    assert shown == {"": 3, "_oldest_timestamp_seconds": oldest}
