import pytest

from broadsoft_provisioner.soap.faults import Overloaded
from broadsoft_provisioner.soap.patience import Patience
from broadsoft_provisioner.soap.rate import Rate


class Sleeper:
    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


async def test_pauses_double_up_to_the_longest_and_then_the_failure_is_raised() -> None:
    sleeper = Sleeper()
    pauses = Patience(tries=5, first=1, longest=3, sleep=sleeper, chance=lambda: 0.0).begin()
    for _ in range(4):
        await pauses.after(Overloaded())
    with pytest.raises(Overloaded):
        await pauses.after(Overloaded())
    assert sleeper.slept == [1, 2, 3, 3]


async def test_chance_shortens_a_pause_by_up_to_a_half() -> None:
    sleeper = Sleeper()
    await Patience(first=1, sleep=sleeper, chance=lambda: 1.0).begin().after(Overloaded())
    assert sleeper.slept == [0.5]


async def test_documents_wait_for_their_turn() -> None:
    sleeper = Sleeper()
    rate = Rate(per_second=10, clock=lambda: 100.0, sleep=sleeper)
    for _ in range(3):
        await rate.turn()
    assert sleeper.slept == pytest.approx([0.1, 0.2])


async def test_no_rate_means_no_waiting() -> None:
    sleeper = Sleeper()
    await Rate(sleep=sleeper).turn()
    assert sleeper.slept == []
