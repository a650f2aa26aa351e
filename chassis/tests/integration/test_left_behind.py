"""What was left behind unread is a dead letter: one for each place, and none stops the others."""

from typing import Any
from uuid import uuid4

import pytest
from asyncpg import UndefinedTableError

from chassis.messaging.dead_letters import ERROR_MESSAGE, ID, SOURCE_OFFSET
from chassis.messaging.ending import LEFT
from chassis.messaging.fetching import Gap
from contracts.topics import DEAD_LETTERS

from .conftest import Toy


def gap(offset: int, mark: bytes = b"mark", cause: str = "cut off") -> Gap:
    return Gap("numbers.commands", 3, offset, offset + 2, cause, mark)


async def told(toy: Toy, header: str) -> list[str]:
    return [(dict(one.headers)[header] or b"").decode() for one in await toy.letters(DEAD_LETTERS.name)]


async def test_a_place_that_is_met_again_has_the_same_letter_and_a_topic_that_began_anew_another(toy: Toy) -> None:
    boundary = toy.boundary()
    for met in (gap(5), gap(5), gap(5, b"of another batch"), gap(8)):
        await boundary.step_over([met])
    first, again, anew, other = await told(toy, ID)
    assert first == again
    assert len({first, anew, other}) == 3
    assert await told(toy, SOURCE_OFFSET) == ["5", "5", "5", "8"]
    assert (await told(toy, ERROR_MESSAGE))[0].endswith("Offsets 5 to 7 of numbers.commands[3]: cut off")


async def test_one_that_no_letter_can_be_made_of_is_counted_and_logged_and_stops_no_other(toy: Toy, lines: Any) -> None:
    cannot_be = gap(6)
    cannot_be.headers = [("\ud800", b"1")]
    before = LEFT.labels("toy")._value.get()
    await toy.boundary().step_over([gap(1), cannot_be, gap(9)])
    assert await told(toy, SOURCE_OFFSET) == ["1", "9"]
    assert LEFT.labels("toy")._value.get() == before + 1
    ((line),) = [line for line in lines if line["log_level"] == "error"]
    assert (line["event"], line["partition"], line["offset"]) == ("no dead letter can be made", 3, 6)


async def test_a_database_that_has_no_place_for_letters_loses_none(toy: Toy) -> None:
    away = f"outbox_{uuid4().hex}"
    await toy.pool.execute(f"ALTER TABLE outbox RENAME TO {away}")
    try:
        with pytest.raises(UndefinedTableError):
            await toy.boundary().step_over([gap(1), gap(9)])
    finally:
        await toy.pool.execute(f"ALTER TABLE {away} RENAME TO outbox")
