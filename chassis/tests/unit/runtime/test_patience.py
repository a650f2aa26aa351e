"""Pauses double up to a bound, and end by number or by the time that all tries took."""

import pytest

from chassis.runtime.patience import Patience


class Clock:
    """Time passes by sleeping, and by what `work` takes."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, list[float]()

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def work(self, seconds: float) -> None:
        self.now += seconds


def patience(clock: Clock, *, chance: float = 0.0, **limits: float) -> Patience:
    return Patience(1.0, 5.0, **limits, sleep=clock.sleep, chance=lambda: chance, clock=lambda: clock.now)


async def test_pauses_double_up_to_the_longest() -> None:
    clock = Clock()
    pauses = patience(clock, tries=6).begin()
    assert [await pauses.another() for _ in range(6)] == [True] * 5 + [False]
    assert clock.slept == [1, 2, 4, 5, 5]


async def test_an_outage_may_last_for_days() -> None:
    pauses = patience(Clock()).begin()
    assert all([await pauses.another() for _ in range(2_000)])


async def test_chance_shortens_a_pause_by_up_to_a_half() -> None:
    clock = Clock()
    pauses = patience(clock, chance=1.0).begin()
    await pauses.another()
    assert clock.slept == [0.5]


@pytest.mark.parametrize(("work", "tries"), [(0.0, 4), (2.0, 3), (20.0, 1)])
async def test_what_the_tries_take_counts(work: float, tries: int) -> None:
    """Ten seconds: enough for pauses of 1, 2 and 4 s when the work takes none."""
    clock = Clock()
    pauses = patience(clock, seconds=10.0).begin()
    made = 1
    clock.work(work)
    while await pauses.another():
        made += 1
        clock.work(work)
    assert made == tries
    assert clock.now <= 110.0 + work
