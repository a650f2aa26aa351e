"""The one transaction against a real database: whatever comes in a batch, each message gets its own outcome."""

from typing import Any

import pytest

from chassis.messaging.raw import LEFT
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from contracts import topics
from contracts.message import Reply
from contracts.numbers import (
    NumbersReserved,
    ReserveNumbers,
)
from testkit.records import FakeRecord, record_of

from .messages import Wrong, do


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
    left = LEFT.labels(service.name)._value.get()
    await toy.boundary(service).handle([do("a"), *letters])
    assert (await toy.effects(), seen) == (["a"], [b"1", b"2"])
    assert LEFT.labels(service.name)._value.get() == left + 1
