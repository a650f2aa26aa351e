"""Commands whose key or headers fit no index are dead letters, and the good ones beside them are handled."""

import random

import pytest

from contracts.numbers import ReserveNumbers
from contracts.topics import DEAD_LETTERS
from testkit.records import record_of

from .conftest import Toy


@pytest.mark.parametrize("length", [3_000, 100_000])
@pytest.mark.parametrize("part", ["key", "ce_id", "ce_step", "ce_sagaid"])
async def test_a_command_with_a_long_part_is_a_dead_letter(toy: Toy, part: str, length: int):
    command = ReserveNumbers(order_id="o-1", run=1, partner_id="p-1")
    good, bad = (record_of(command, name, step="reserve numbers", direction="do") for name in ("m1", "m2"))
    text = "".join(random.Random(7).choices([chr(code) for code in range(0x4E00, 0x9F00)], k=length)).encode()
    bad.key = text if part == "key" else bad.key
    bad.headers = [(name, text if name == part else value) for name, value in bad.headers]
    await toy.boundary().handle([bad, good])
    (letter,) = await toy.letters(DEAD_LETTERS.name)
    assert letter.texts["dl-error-code"] == "message-not-readable"
    assert await toy.effects() == ["o-1"]
