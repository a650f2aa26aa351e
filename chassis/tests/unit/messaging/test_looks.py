"""Until when everything on a topic has been heard."""

from datetime import datetime, timedelta

from chassis.messaging.hearing import MOST_LOOKS, Looks
from testkit.time import EPOCH


def at(seconds: float) -> datetime:
    return EPOCH + timedelta(seconds=seconds)


def test_nothing_is_known_before_every_partition_was_read_to_the_end_of_a_look() -> None:
    heard = Looks()
    assert heard.until is None
    heard.looked(at(0), {0: 10, 1: 5}, {0: 10, 1: 4})
    assert heard.until is None
    heard.looked(at(1), {0: 10, 1: 5}, {0: 10, 1: 5})
    assert heard.until == at(1)


def test_a_backlog_holds_the_moment_back_where_it_began() -> None:
    heard = Looks()
    heard.looked(at(0), {0: 10}, {0: 10})
    for second in range(1, 100):
        heard.looked(at(second), {0: 10 + second * 50}, {0: 10 + second})
    assert heard.until == at(1)  # 109 were read, and 110 were there two seconds after it began
    heard.looked(at(100), {0: 10_000}, {0: 1_010})
    assert heard.until == at(20)
    heard.looked(at(101), {0: 10_000}, {0: 10_000})
    assert heard.until == at(101)


def test_a_lag_that_never_ends_moves_it_by_its_length_only() -> None:
    heard = Looks()
    for second in range(100):
        heard.looked(at(second), {0: second * 10}, {0: max(second - 3, 0) * 10})
    assert heard.until == at(96)


def test_the_slowest_partition_decides() -> None:
    heard = Looks()
    heard.looked(at(0), {0: 1, 1: 1}, {0: 1, 1: 1})
    heard.looked(at(9), {0: 5, 1: 5}, {0: 5, 1: 1})
    assert heard.until == at(0)


def test_a_log_that_began_anew_holds_nothing_back() -> None:
    heard = Looks()
    heard.looked(at(0), {0: 100}, {0: 50})
    heard.looked(at(1), {0: 2}, {0: 0})
    heard.looked(at(2), {0: 2}, {0: 2})
    assert heard.until == at(2)


def test_a_partition_that_is_added_is_waited_for() -> None:
    heard = Looks()
    heard.looked(at(0), {0: 1}, {0: 1})
    heard.looked(at(1), {0: 1, 1: 4}, {0: 1, 1: 0})
    assert heard.until is None


def test_a_backlog_of_days_does_not_fill_the_memory() -> None:
    heard = Looks()
    for second in range(MOST_LOOKS * 2):
        heard.looked(at(second), {0: 10}, {0: 0})
    assert len(heard._looks[0]) == MOST_LOOKS
    heard.looked(at(10**6), {0: 10}, {0: 10})
    heard.looked(at(10**6 + 1), {0: 10}, {0: 10})
    assert heard.until == at(10**6 + 1)
