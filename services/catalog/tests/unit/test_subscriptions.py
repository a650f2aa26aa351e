"""What is posted of a subscription, and when."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.charges import Charge
from catalog.domain.periods import first_anchor
from catalog.domain.subscriptions import Subscription, due
from contracts.catalog import ChargeLine

START = date(2027, 1, 18)
SEATS = Charge("1", "Power User", "MRC", 8, Decimal("26.90"))
FEE = Charge("2", "Broadsoft Provisioning Fee", "NRC", 1, Decimal("75.00"))
DAYS = st.dates(date(2026, 1, 1), date(2029, 12, 31))


def seats(start: date = START, anchor: int = 1, to: date | None = None) -> Subscription:
    return Subscription(1, SEATS, start, start, to, anchor)


def dated(lines: tuple[ChargeLine, ...]) -> list[tuple[str, str, str]]:
    return [
        (f"{line.from_date:%m-%d}", f"{line.to_date:%m-%d}" if line.to_date else "", str(line.amount)) for line in lines
    ]


def test_nothing_is_posted_before_the_billing_start() -> None:
    assert due(seats(), date(2027, 1, 17)) == (seats(), ())
    assert seats().due_on == START


def test_on_the_start_the_stub_is_posted_and_the_month_after_when_it_begins() -> None:
    after, lines = due(seats(), START)
    assert dated(lines) == [("01-18", "02-01", "97.19")]
    assert lines[0].first_period
    assert (after.posted_to, after.due_on) == (date(2027, 2, 1), date(2027, 2, 1))
    assert due(after, date(2027, 1, 31)) == (after, ())
    _, month = due(after, date(2027, 2, 1))
    assert dated(month) == [("02-01", "03-01", "215.20")]
    assert not month[0].first_period


def test_every_period_that_has_begun_is_posted_at_once_when_it_comes_late() -> None:
    after, lines = due(seats(), date(2027, 3, 20))
    assert dated(lines) == [("01-18", "02-01", "97.19"), ("02-01", "03-01", "215.20"), ("03-01", "04-01", "215.20")]
    assert due(after, date(2027, 3, 20)) == (after, ())


def test_a_fee_is_posted_once_on_its_day_and_never_prorated() -> None:
    fee = Subscription(2, FEE, START, START)
    assert due(fee, date(2027, 1, 17))[1] == ()
    after, lines = due(fee, date(2027, 2, 3))
    assert dated(lines) == [("01-18", "", "75.00")]
    assert after.due_on is None
    assert due(after, date(2030, 1, 1)) == (after, ())


def test_the_last_part_is_of_its_period_and_nothing_comes_after_it() -> None:
    _, lines = due(seats(to=date(2027, 2, 11)), date(2027, 6, 1))
    assert dated(lines) == [("01-18", "02-01", "97.19"), ("02-01", "02-11", "76.86")]
    assert [(line.days, line.days_in_period) for line in lines] == [(14, 31), (10, 28)]
    assert due(seats(to=START), date(2027, 6, 1))[1] == ()


@given(start=DAYS, anchor=st.integers(1, 31), looks=st.lists(DAYS, min_size=1, max_size=8), end=st.none() | DAYS)
def test_whenever_it_is_looked_at_its_periods_tile_the_calendar_and_none_comes_twice(
    start: date, anchor: int, looks: list[date], end: date | None
) -> None:
    subscription, posted = seats(start, anchor, end), list[ChargeLine]()
    for today in sorted(looks):
        subscription, lines = due(subscription, today)
        posted += lines
        assert due(subscription, today) == (subscription, ())
    last = max(looks)
    assert tuple(posted) == due(seats(start, anchor, end), last)[1]
    if last < start or (end is not None and end <= start):
        assert posted == []
        return
    dates = [(line.from_date, line.to_date) for line in posted]
    assert dates[0][0] == start
    assert all(before[1] == after[0] for before, after in pairwise(dates))
    reaches = dates[-1][1]
    assert reaches is not None
    assert reaches > last or reaches == end
    assert all(line.amount <= line.quantity * line.unit_price for line in posted)


@given(start=DAYS, anchor=st.integers(1, 31), months=st.integers(1, 40))
def test_full_periods_cost_the_full_price_however_long_their_months_are(start: date, anchor: int, months: int) -> None:
    _, lines = due(seats(start, anchor), start + timedelta(days=31 * months))
    full = [line for line in lines if line.from_date >= first_anchor(start, anchor)]
    assert {line.amount for line in full} <= {Decimal("215.20")}
    assert len(full) >= months - 1


def test_what_was_posted_is_never_posted_again_by_a_clock_that_went_back() -> None:
    after, _ = due(seats(), date(2027, 3, 20))
    assert due(after, date(2027, 1, 20)) == (after, ())
    assert replace(after, posted_to=START) == seats()
