"""Anchors, stubs and full periods."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.periods import Period, first_anchor, first_periods, month_after, periods_begun

DATES = st.dates(date(2020, 1, 1), date(2040, 12, 31))
ANCHORS = st.integers(1, 31)
LENGTHS = st.sampled_from([1, 3, 12])


def test_a_start_on_the_anchor_has_no_stub() -> None:
    assert first_periods(date(2027, 3, 1)) == (None, Period(date(2027, 3, 1), date(2027, 4, 1), 31))


def test_the_first_anchor_may_lie_in_the_month_of_the_start() -> None:
    assert first_anchor(date(2027, 3, 4), anchor=15) == date(2027, 3, 15)
    assert first_anchor(date(2027, 3, 16), anchor=15) == date(2027, 4, 15)


def test_a_stub_before_a_clipped_anchor_is_counted_from_the_clipped_day_a_month_before() -> None:
    stub, _ = first_periods(date(2027, 1, 30), anchor=29)
    assert stub == Period(date(2027, 1, 30), date(2027, 2, 28), 31)


def test_quarters_and_years_work_the_same_way() -> None:
    stub, full = first_periods(date(2027, 1, 16), anchor=15, months=3)
    assert stub == Period(date(2027, 1, 16), date(2027, 4, 15), 90)
    assert full == Period(date(2027, 4, 15), date(2027, 7, 15), 91)
    assert first_periods(date(2027, 2, 1), months=12) == (None, Period(date(2027, 2, 1), date(2028, 2, 1), 365))


def test_every_period_that_has_begun_is_due_and_the_first_one_always() -> None:
    start = date(2027, 1, 18)
    assert len(periods_begun(start, before=date(2027, 1, 2))) == 1
    assert len(periods_begun(start, before=date(2027, 2, 1))) == 1
    assert [p.from_date for p in periods_begun(start, before=date(2027, 2, 2))] == [start, date(2027, 2, 1)]


def test_the_last_day_of_a_month_has_no_month_after_that_is_too_short() -> None:
    assert month_after(date(2028, 1, 31), 1) == date(2028, 2, 29)
    assert month_after(date(2027, 2, 28), -1) == date(2027, 1, 28)
    assert month_after(date(2027, 2, 28), 10, anchor=31) == date(2027, 12, 31)


@pytest.mark.parametrize(("anchor", "months"), [(0, 1), (32, 1), (1, 0)])
def test_an_impossible_anchor_is_refused(anchor: int, months: int) -> None:
    with pytest.raises(ValueError, match="anchor day"):
        first_anchor(date(2027, 1, 1), anchor, months)


@given(start=DATES, anchor=ANCHORS, months=LENGTHS)
def test_a_stub_is_shorter_than_its_period(start: date, anchor: int, months: int) -> None:
    stub, full = first_periods(start, anchor, months)
    assert full.days == full.days_in_period
    if stub:
        assert 0 < stub.days < stub.days_in_period
        assert stub.to_date == full.from_date


@given(start=DATES, anchor=ANCHORS, months=LENGTHS)
def test_periods_follow_each_other_without_gap_and_return_to_the_anchor_day(
    start: date, anchor: int, months: int
) -> None:
    chain = periods_begun(start, month_after(start, 30 * months), anchor, months)
    assert len(chain) >= 30
    assert chain[0].from_date == start
    for before, after in pairwise(chain):
        assert before.to_date == after.from_date
        last_day = (month_after(after.from_date, 1, 1) - timedelta(1)).day
        assert after.from_date.day == min(anchor, last_day)


@given(start=DATES, anchor=st.integers(1, 28))
def test_up_to_day_28_the_stub_is_counted_over_the_period_around_the_start(start: date, anchor: int) -> None:
    stub, full = first_periods(start, anchor)
    if stub:
        around = (full.from_date - month_after(full.from_date, -1, anchor)).days
        assert stub.days_in_period == around
