"""Facts are told at the start, again when their time has come, and soon after a round that failed."""

import pytest

from chassis.facts.telling import Telling

NEVER = 1e9


class Teller:
    """Fails as often as `fails` says, then counts."""

    def __init__(self, fails: int = 0) -> None:
        self.fails, self.rounds = fails, 0

    async def tell(self) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("the database is away")
        self.rounds += 1


async def test_what_was_just_told_is_not_told_again():
    teller = Teller()
    telling = Telling(teller.tell, NEVER)
    await telling.now()
    await telling.when_due()
    assert teller.rounds == 1


async def test_it_is_told_again_when_its_time_has_come():
    teller = Teller()
    telling = Telling(teller.tell, 0)
    for _ in range(3):
        await telling.when_due()
    assert teller.rounds == 3


async def test_a_round_that_failed_is_due_again_at_once():
    teller = Teller(fails=2)
    telling = Telling(teller.tell, NEVER)
    for _ in range(2):
        with pytest.raises(OSError, match="away"):
            await telling.when_due()
    await telling.when_due()
    await telling.when_due()
    assert teller.rounds == 1
