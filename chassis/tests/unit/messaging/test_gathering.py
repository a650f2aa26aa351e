"""Who is alone is never kept waiting; a crowd is, shortly, and only as long as it lasts."""

from chassis.messaging.gathering import WAIT, Gathering


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
    assert after((5.0, 400)).wait(5.1) == WAIT
    assert after(*((5.0 + number * 0.005, 2) for number in range(40))).wait(5.2) == WAIT


def test_a_crowd_is_soon_forgotten() -> None:
    assert after((5.0, 400)).wait(6.0) == 0
