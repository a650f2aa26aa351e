"""The one transaction against a real database: whatever comes in a batch, each message gets its own outcome."""

import asyncio
from typing import Any

import pytest
from prometheus_client import REGISTRY

from chassis.errors import Permanent, Transient
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from contracts import topics
from contracts.errors import CommandFailed, StepAlreadyUndone
from contracts.message import Reply
from contracts.numbers import (
    BackorderFilled,
    NumbersReleased,
    NumbersReserved,
    ReleaseNumbers,
    ReserveNumbers,
)
from testkit.records import FakeRecord, record_of
from testkit.time import EPOCH, eventually


class Busy(Transient):
    """Somebody is in the way."""

    code = "toy-busy"


class Wrong(Permanent):
    """It will never work."""

    code = "toy-wrong"


def do(order_id: str, attempt: int = 1, partner: str = "p-1") -> FakeRecord:
    command = ReserveNumbers(order_id=order_id, run=1, partner_id=partner)
    return record_of(command, f"{order_id}:do:{attempt}", step="reserve numbers", direction="do")


def undo(order_id: str, attempt: int = 1) -> FakeRecord:
    command = ReleaseNumbers(order_id=order_id, run=1)
    return record_of(command, f"{order_id}:undo:{attempt}", step="reserve numbers", direction="undo")


def told(order_id: str) -> FakeRecord:
    event = BackorderFilled(order_id=order_id, partner_id="p-1", run=1, numbers=(), filled_at=EPOCH)
    return record_of(event, f"{order_id}:event")


def last(letters: Any) -> Any:
    return letters[-1].message


# ── good and bad in one batch ────────────────────────────────────────────────────────────────────────────────────────


async def test_a_batch_is_handled_remembered_and_answered(toy: Any) -> None:
    await toy.boundary().handle([do("a"), do("b"), do("c", partner="refused")])
    assert await toy.effects() == ["a", "b", "c"]
    assert await toy.replies() == [
        ("NumbersReserved", "a:do:1:reply"),
        ("NumbersReserved", "b:do:1:reply"),
        ("NumbersUnavailable", "c:do:1:reply"),
    ]
    assert await toy.pool.fetchval("SELECT count(*) FROM inbox") == 3


async def test_a_reply_says_which_command_and_which_saga_it_answers(toy: Any) -> None:
    await toy.boundary().handle([do("a")])
    said = (await toy.letters())[0].texts
    names = ("ce_causationid", "ce_sagaid", "ce_step", "ce_direction", "ce_source")
    assert {name: said[name] for name in names} == {
        "ce_causationid": "a:do:1",
        "ce_sagaid": "a:1",
        "ce_step": "reserve numbers",
        "ce_direction": "do",
        "ce_source": "toy",
    }


POISON = {
    "no headers at all": FakeRecord("numbers.commands", b"k", b"{}", []),
    "null and binary header": FakeRecord(
        "numbers.commands", b"k", b"\xff\xfe", [("a", None), ("b", b"\xff"), ("b", b"2")]
    ),
    "neither key nor value": FakeRecord("numbers.commands", None, None, []),
    "body is no JSON": FakeRecord("numbers.commands", b"x", b"not json", do("x").headers),
    "body is null": FakeRecord("numbers.commands", b"x", None, do("x").headers),
    "fields are missing": FakeRecord("numbers.commands", b"x", b"{}", do("x").headers),
    "key is another order": FakeRecord("numbers.commands", b"y", do("x").value, do("x").headers),
    "NUL in the id": FakeRecord(
        "numbers.commands", b"x", do("x").value, [(n, b"a\0b" if n == "ce_id" else v) for n, v in do("x").headers]
    ),
    "NUL in the order id": record_of(ReserveNumbers(order_id="a\0b", run=1, partner_id="p"), "id"),
}


@pytest.mark.parametrize("name", POISON)
async def test_poison_becomes_a_dead_letter_and_the_rest_goes_on(toy: Any, name: str) -> None:
    poison = POISON[name]
    await toy.boundary().handle([do("a"), poison, do("b")])
    assert await toy.effects() == ["a", "b"]
    (letter,) = await toy.letters("dead-letters")
    assert (letter.key, letter.value) == (poison.key, poison.value)
    assert letter.headers[: len(poison.headers)] == poison.headers
    reasons = letter.texts
    assert reasons["dl-error-code"] == "message-not-readable"
    assert (reasons["dl-service"], reasons["dl-source-topic"]) == ("toy", "numbers.commands")
    assert (reasons["dl-source-partition"], reasons["dl-source-offset"]) == ("0", "0")
    assert {"dl-id", "dl-error-message", "dl-traceback", "dl-attempts", "dl-failed-at"} < reasons.keys()


async def test_a_command_that_nobody_handles_is_poison_and_an_event_is_not(toy: Any) -> None:
    stray = NumbersReserved(order_id="a", run=1, numbers=(), backordered=())
    await toy.boundary().handle([record_of(stray, "1", topic="numbers.commands")])
    await toy.boundary().handle([record_of(stray, "2", topic="tickets.events")])
    assert [one.texts["dl-error-code"] for one in await toy.letters()] == ["message-unknown"]


@pytest.mark.parametrize(
    "error", [Wrong("x"), KeyError("x"), FileNotFoundError("x"), TimeoutError(), ConnectionError()]
)
async def test_one_that_breaks_does_not_stop_the_rest_of_its_batch(toy: Any, error: Exception) -> None:
    toy.fails["bad"] = [error] * 9
    await toy.boundary().handle([do("a"), do("bad"), do("b")])
    assert sorted(await toy.effects()) == ["a", "b"]


async def test_a_database_error_in_a_handler_concerns_its_message_only(toy: Any) -> None:
    service = Service("toy", listens_to=[topics.NUMBERS_COMMANDS])

    @service.on(ReserveNumbers)
    async def reserve(command: ReserveNumbers, unit: Unit) -> Reply:
        await unit.connection.execute("INSERT INTO effects (order_id) VALUES ($1)", command.order_id)
        if command.order_id == "bad":
            await unit.connection.execute("SELECT 1 / 0")
        if command.order_id == "worse":
            await unit.connection.execute("SELECT $1::int", "no number", "and one too many")
        return NumbersReserved(order_id=command.order_id, run=1, numbers=(), backordered=())

    await toy.boundary(service).handle([do("a"), do("bad"), do("worse"), do("b")])
    assert sorted(await toy.effects()) == ["a", "b"]


async def test_a_raw_handler_that_breaks_does_not_stop_the_rest(toy: Any) -> None:
    service, seen = toy.service(), []

    @service.on_raw(topics.DEAD_LETTERS)
    async def keep(records: Any, unit: Unit) -> None:
        if any(record.value == b"bad" for record in records):
            raise KeyError("bad")
        seen.extend(record.value for record in records)

    letters = [FakeRecord("dead-letters", None, value, [("x", None)]) for value in (b"1", b"bad", b"2")]
    await toy.boundary(service).handle([do("a"), *letters])
    assert (await toy.effects(), seen) == (["a"], [b"1", b"2"])


# ── seen before ──────────────────────────────────────────────────────────────────────────────────────────────────────


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
    await toy.boundary().handle([told("a"), told("a")])
    await toy.boundary().handle([told("a")])
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


# ── failing for a while ──────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_transient_failure_is_tried_again_in_place(toy: Any) -> None:
    toy.fails["a"] = [Busy(), Busy()]
    await toy.boundary(in_place_seconds=0.05).handle([do("a")])
    assert await toy.effects() == ["a"]
    assert await toy.waiting() == []


async def test_a_failing_message_keeps_its_key_waiting_and_the_others_flow(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Busy()] * 2
    await boundary.handle([do("a"), do("b"), told("a")])
    await boundary.handle([told("a"), do("c")])
    assert await toy.effects() == ["b", "c"]
    assert await toy.waiting() == ["a:do:1", "a:event"]
    row = await toy.pool.fetchrow("SELECT * FROM waiting ORDER BY id LIMIT 1")
    assert (row["error_code"], row["attempt"], row["key"], row["topic"]) == ("toy-busy", 1, "a", "numbers.commands")
    assert (row["record_key"], row["value"]) == (do("a").key, do("a").value)


async def test_a_waiting_key_drains_in_order_when_it_works_again(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Busy()] * 2
    await boundary.handle([do("a")])
    await boundary.handle([told("a"), do("a", attempt=2)])
    toy.calls.clear()
    await boundary.retry("a")
    assert toy.calls == [("reserve", "a"), ("filled", "a"), ("reserve", "a")]
    assert await toy.replies() == [("NumbersReserved", "a:do:1:reply"), ("NumbersReserved", "a:do:2:reply")]
    assert await toy.waiting() == []


async def test_a_waiting_key_waits_longer_each_time_and_keeps_its_order(toy: Any) -> None:
    boundary = toy.boundary(waiting_attempts=9)
    toy.fails["a"] = [Busy()] * 4
    await boundary.handle([do("a"), told("a")])
    before = await toy.pool.fetchval("SELECT retry_at FROM waiting ORDER BY id LIMIT 1")
    await boundary.retry("a")
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
    await boundary.handle([told("a")])
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
    await boundary.retry("a")
    (letter,) = await toy.letters("dead-letters")
    assert letter.headers[: len(strange.headers)] == strange.headers


async def test_after_the_last_attempt_the_saga_is_told(toy: Any) -> None:
    boundary = toy.boundary(waiting_attempts=3)
    toy.fails["a"] = [Busy("again")] * 9
    await boundary.handle([do("a"), told("a")])
    for _ in range(2):
        await boundary.retry("a")
    assert await toy.waiting() == ["a:event"]
    failed = last(await toy.letters(topics.ORDERS_REPLIES.name))
    assert isinstance(failed, CommandFailed)
    assert (failed.code, failed.run, "Somebody is in the way" in failed.detail) == ("toy-busy", 1, True)
    toy.fails.clear()
    await boundary.retry("a")
    assert toy.calls[-1] == ("filled", "a")


async def test_after_the_last_attempt_an_event_is_a_dead_letter(toy: Any) -> None:
    boundary = toy.boundary(waiting_attempts=2)
    toy.fails["a"] = [Busy()] * 9
    await boundary.handle([told("a")])
    await boundary.retry("a")
    (letter,) = await toy.letters()
    assert (letter.topic, letter.texts["dl-error-code"], letter.texts["dl-attempts"]) == (
        "dead-letters",
        "toy-busy",
        "2",
    )
    assert letter.texts["dl-retriable"] == "true"
    assert await toy.waiting() == []


@pytest.mark.parametrize(("error", "code"), [(Wrong("x"), "toy-wrong"), (KeyError("x"), "bug-KeyError")])
async def test_what_can_never_work_fails_its_command_at_once(toy: Any, error: Exception, code: str) -> None:
    toy.fails["a"] = [error] * 2
    await toy.boundary().handle([do("a")])
    (letter,) = await toy.letters()
    assert isinstance(letter.message, CommandFailed)
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
    await toy.boundary().handle([do("a"), told("a")])
    changed = Service("toy", listens_to=[topics.NUMBERS_COMMANDS])
    await toy.boundary(changed).retry("a")
    assert await toy.waiting() == []
    assert "dead-letters" in [one.topic for one in await toy.letters()]


async def test_an_event_that_nobody_handles_any_more_does_not_wait_for_ever(toy: Any) -> None:
    toy.fails["a"] = [Busy()] * 2
    event = told("a")
    event.topic = "numbers.events"
    await toy.boundary().handle([event])
    await toy.boundary(Service("toy", listens_to=[])).retry("a")
    assert await toy.waiting() == []


# ── undo of a waiting do ──────────────────────────────────────────────────────────────────────────────────────────────


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
    await boundary.retry("a")
    assert (await toy.effects(), await toy.waiting()) == ([], [])


async def test_an_undo_that_meets_the_retry_of_its_do_leaves_nothing(toy: Any) -> None:
    boundary = toy.boundary()
    toy.fails["a"] = [Busy()] * 2
    await boundary.handle([do("a")])
    toy.calls.clear()
    toy.pauses["a"] = asyncio.Event()
    retried = asyncio.create_task(boundary.retry("a"))

    async def the_do_is_in_its_handler() -> bool:
        return ("reserve", "a") in toy.calls

    await eventually(the_do_is_in_its_handler)
    undone = asyncio.create_task(toy.boundary().handle([undo("a")]))

    async def the_undo_is_handled_or_waits() -> bool:
        return undone.done() or ("release", "a") in toy.calls or await toy.somebody_waits_for_a_lock()

    await eventually(the_undo_is_handled_or_waits)
    toy.pauses["a"].set()
    await asyncio.gather(retried, undone)
    await boundary.retry("a")
    assert (await toy.effects(), await toy.waiting()) == ([], [])
    assert "NumbersReleased" in [kind for kind, _ in await toy.replies()]


async def test_two_processes_that_retry_a_key_have_one_outcome(toy: Any) -> None:
    toy.fails["a"] = [Busy()] * 2
    await toy.boundary(waiting_attempts=2).handle([do("a")])
    toy.calls.clear()
    toy.pauses["a"] = asyncio.Event()
    tasks = [asyncio.create_task(toy.boundary(waiting_attempts=2).retry("a")) for _ in range(2)]

    async def one_handles_and_the_other_handles_waits_or_left() -> bool:
        handling, left = len(toy.calls), sum(task.done() for task in tasks)
        return handling >= 1 and (handling + left == 2 or await toy.somebody_waits_for_a_lock())

    await eventually(one_handles_and_the_other_handles_waits_or_left)
    toy.pauses["a"].set()
    await asyncio.gather(*tasks)
    assert await toy.effects() == ["a"]
    assert {kind for kind, _ in await toy.replies()} == {"NumbersReserved"}
