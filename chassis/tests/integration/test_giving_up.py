"""What can never work, or has failed too often: its saga hears of it, or it is a dead letter."""

from typing import Any

import pytest
from prometheus_client import REGISTRY

from chassis.errors import OUR_FAULT
from chassis.messaging.service import Service
from contracts import topics
from contracts.errors import CommandFailed
from contracts.numbers import (
    ReserveNumbers,
)
from testkit.records import record_of

from .messages import Busy, Wrong, do, filled, last


async def test_after_the_last_attempt_the_saga_is_told(toy: Any) -> None:
    boundary = toy.boundary(waiting_attempts=3)
    toy.fails["a"] = [Busy("again")] * 9
    await boundary.handle([do("a"), filled("a")])
    for _ in range(2):
        await boundary.workers.key("a")
    assert await toy.waiting() == ["a:event"]
    failed = last(await toy.letters(topics.ORDERS_REPLIES.name))
    assert isinstance(failed, CommandFailed)
    assert (failed.code, failed.run, "Somebody is in the way" in failed.detail) == ("toy-busy", 1, True)
    toy.fails.clear()
    await boundary.workers.key("a")
    assert toy.calls[-1] == ("filled", "a")


async def test_after_the_last_attempt_an_event_is_a_dead_letter(toy: Any) -> None:
    boundary = toy.boundary(waiting_attempts=2)
    toy.fails["a"] = [Busy()] * 9
    await boundary.handle([filled("a")])
    await boundary.workers.key("a")
    (letter,) = await toy.letters()
    assert (letter.topic, letter.texts["dl-error-code"], letter.texts["dl-attempts"]) == (
        "dead-letters",
        "toy-busy",
        "2",
    )
    assert letter.texts["dl-retriable"] == "true"
    assert await toy.waiting() == []


async def test_the_last_failure_is_counted_as_the_end_and_not_as_a_retry(toy: Any) -> None:
    def counted(outcome: str) -> float:
        labels = {"service": "toy", "message": "BackorderFilled", "outcome": outcome}
        return REGISTRY.get_sample_value("messages_handled_total", labels) or 0

    before = counted("retried"), counted("dead_lettered")
    boundary = toy.boundary(waiting_attempts=2)
    toy.fails["a"] = [Busy()] * 9
    await boundary.handle([filled("a")])
    await boundary.workers.key("a")
    assert (counted("retried"), counted("dead_lettered")) == (before[0] + 1, before[1] + 1)


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [(Wrong("x"), "toy-wrong", str(Wrong("x"))), (KeyError("x"), "bug-KeyError", OUR_FAULT)],
)
async def test_what_can_never_work_fails_its_command_at_once(toy: Any, error: Exception, code: str, said: str) -> None:
    toy.fails["a"] = [error] * 2
    await toy.boundary().handle([do("a")])
    (letter,) = await toy.letters()
    assert isinstance(letter.message, CommandFailed)
    assert letter.message.detail == said
    assert (letter.message.code, letter.id, type(error).__name__ in letter.message.traceback) == (
        code,
        "a:do:1:reply",
        True,
    )
    assert (letter.texts["ce_step"], letter.texts["ce_direction"]) == ("reserve numbers", "do")
    assert (await toy.effects(), await toy.waiting()) == ([], [])


async def test_what_was_rolled_back_is_not_counted(toy: Any) -> None:
    def counted(outcome: str) -> float:
        labels = {"service": "toy", "message": "ReserveNumbers", "outcome": outcome}
        return REGISTRY.get_sample_value("messages_handled_total", labels) or 0.0

    before = {outcome: counted(outcome) for outcome in ("replied", "failed", "duplicate")}
    toy.fails["bad"] = [Wrong()] * 2
    await toy.boundary().handle([do("a"), do("bad"), do("a")])
    after = {outcome: counted(outcome) - count for outcome, count in before.items()}
    assert after == {"replied": 1, "failed": 1, "duplicate": 1}


async def test_a_command_outside_any_saga_that_fails_is_a_dead_letter(toy: Any) -> None:
    toy.fails["a"] = [Wrong()] * 2
    await toy.boundary().handle([record_of(ReserveNumbers(order_id="a", run=1, partner_id="p"), "1")])
    assert [one.topic for one in await toy.letters()] == ["dead-letters"]


async def test_what_waits_and_can_no_longer_be_read_leaves_as_a_dead_letter(toy: Any) -> None:
    toy.fails["a"] = [Busy()] * 2
    await toy.boundary().handle([do("a"), filled("a")])
    changed = Service("toy", listens_to=[topics.NUMBERS_COMMANDS])
    await toy.boundary(changed).workers.key("a")
    assert await toy.waiting() == []
    assert "dead-letters" in [one.topic for one in await toy.letters()]


async def test_an_event_that_nobody_handles_any_more_does_not_wait_for_ever(toy: Any) -> None:
    toy.fails["a"] = [Busy()] * 2
    event = filled("a")
    event.topic = "numbers.events"
    await toy.boundary().handle([event])
    await toy.boundary(Service("toy", listens_to=[])).workers.key("a")
    assert await toy.waiting() == []
