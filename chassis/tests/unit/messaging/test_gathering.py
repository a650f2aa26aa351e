"""Who is alone is never kept waiting; a crowd is, shortly, and only as long as it lasts."""

import pytest

from chassis.messaging.gathering import WINDOW, Gathering


def after(*records: tuple[float, int]) -> Gathering:
    """What came, as (second, how many)."""
    gathering = Gathering()
    for at, count in records:
        gathering.came(count, at)
    return gathering


def test_the_first_poll_does_not_wait() -> None:
    assert Gathering().wait(1_000_000.0) == 0


def test_one_order_alone_never_waits() -> None:
    """A hosted order brings some thirteen records within a tenth of a second or two."""
    alone = Gathering()
    for number in range(13):
        alone.came(1, 5.0 + number * 0.012)
        assert alone.wait(5.0 + number * 0.012) == 0


def test_a_crowd_waits_however_it_is_divided() -> None:
    assert after((5.0, 400)).wait(5.0) == pytest.approx(WINDOW)
    assert after(*((5.0 + number * 0.005, 2) for number in range(40))).wait(5.195) == pytest.approx(WINDOW)


def test_handling_counts_for_waiting() -> None:
    crowd = after((5.0, 400))
    assert crowd.wait(5.0 + WINDOW / 4) == pytest.approx(WINDOW * 3 / 4)
    assert crowd.wait(5.0 + WINDOW * 2) == 0


def test_a_crowd_is_soon_forgotten() -> None:
    crowd = after((5.0, 400))
    crowd.came(1, 6.0)
    assert crowd.wait(6.0) == 0
