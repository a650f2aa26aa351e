"""Buckets of tokens."""

from chassis.http.rates import Buckets, Rate, Recent


class Watch:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_then_the_rate() -> None:
    watch = Watch()
    buckets = Buckets(Rate(per_second=2, burst=3), watch)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]
    watch.now += 0.5
    assert [buckets.take("a") for _ in range(2)] == [0, 0.5]


def test_who_was_quiet_has_a_whole_burst_again_and_no_more() -> None:
    watch = Watch()
    buckets = Buckets(Rate(per_second=2, burst=3), watch)
    for _ in range(3):
        buckets.take("a")
    watch.now += 1000
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 0.5]


def test_who_takes_much_at_once_waits_for_it_afterwards() -> None:
    watch = Watch()
    buckets = Buckets(Rate(per_second=2, burst=3), watch)
    assert (buckets.take("a", 7), buckets.take("a")) == (0, 2.5)
    watch.now += 2.5
    assert (buckets.take("a"), buckets.take("a")) == (0, 0.5)


def test_subjects_have_buckets_of_their_own() -> None:
    buckets = Buckets(Rate(per_second=1, burst=1), Watch())
    assert (buckets.take("a"), buckets.take("b"), buckets.take("a")) == (0, 0, 1)


def test_a_refused_one_takes_nothing() -> None:
    watch = Watch()
    buckets = Buckets(Rate(per_second=1, burst=1), watch)
    buckets.take("a")
    for _ in range(100):
        assert buckets.take("a") == 1
    watch.now += 1
    assert buckets.take("a") == 0


def test_a_debt_is_never_longer_than_the_bucket() -> None:
    buckets = Buckets(Rate(per_second=1, burst=5), Watch())
    for _ in range(1000):
        buckets.charge("a")
    assert buckets.wait("a") == 1


def test_a_million_subjects_are_not_remembered() -> None:
    buckets = Buckets(Rate(per_second=1, burst=1), Watch(), most=100)
    recent = Recent(most=100)
    for subject in range(10_000):
        buckets.take(subject)
        recent.add(subject)
    assert len(buckets) == 100
    assert (9_899 in recent, 9_900 in recent) == (False, True)
