"""Another billing start or end after billing has begun."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.charges import Charge, total
from catalog.domain.reposting import Dates, Posted, corrected, ended, moved
from catalog.domain.subscriptions import Subscription, due
from contracts.catalog import ChargeLine

START = date(2026, 11, 20)
TODAY = date(2026, 11, 28)
SEATS = Charge("1", "Power User", "MRC", 5, Decimal("16.25"))
FEE = Charge("2", "Broadsoft Provisioning Fee", "NRC", 1, Decimal("75.00"))
DATES = st.dates(date(2026, 1, 1), date(2028, 12, 31))


class Book:
    """What is posted of one subscription, as the ledger keeps it."""

    def __init__(self, charge: Charge = SEATS, *, anchor: int = 1, not_before: date | None = None) -> None:
        start = max(START, not_before or START)
        self.subscription = Subscription(1, charge, start, start, anchor=anchor, not_before=not_before)
        self.lines: list[ChargeLine] = []
        self.standing: dict[int, ChargeLine] = {}
        self.credited: set[Dates] = set()

    def post(self, lines: Collection[ChargeLine]) -> None:
        for line in lines:
            self.lines.append(line)
            self.standing[len(self.lines)] = line

    def scan(self, today: date) -> None:
        self.subscription, lines = due(self.subscription, today)
        self.post(lines)

    def change(self, changed: Subscription, today: date) -> list[ChargeLine]:
        """The lines that the change posts, those that take something back first."""
        standing = [Posted(number, line) for number, line in self.standing.items()]
        correction = corrected(changed, standing, self.credited, today)
        for number, line in correction.back:
            assert (line.quantity, line.amount) == (-self.standing[number].quantity, -self.standing.pop(number).amount)
            self.lines.append(line)
        self.post(correction.lines)
        self.subscription = correction.subscription
        return [*(line for _, line in correction.back), *correction.lines]

    def start(self, start: date, today: date = TODAY) -> list[ChargeLine]:
        return self.change(moved(self.subscription, start), today)

    def end(self, end: date, today: date = TODAY) -> list[ChargeLine]:
        return self.change(ended(self.subscription, end), today)

    def stands(self) -> list[Dates]:
        return sorted((line.from_date, line.to_date) for line in self.standing.values())


def begun(charge: Charge = SEATS, today: date = TODAY, **facts: date) -> Book:
    book = Book(charge, **facts)
    book.scan(today)
    return book


def shown(lines: Collection[ChargeLine]) -> list[tuple[str, str]]:
    return [(f"{line.from_date:%m-%d}", str(line.amount)) for line in lines]


def test_the_same_start_or_end_again_is_nothing() -> None:
    book = begun()
    assert book.start(START) == []
    book.end(date(2026, 11, 25))
    assert book.end(date(2026, 11, 25)) == []


def test_what_was_posted_is_taken_back_and_posted_anew() -> None:
    assert shown(begun().start(date(2026, 11, 23))) == [("11-20", "-29.79"), ("11-23", "21.67")]
    assert shown(begun(FEE).start(date(2026, 11, 23))) == [("11-20", "-75.00"), ("11-23", "75.00")]


def test_an_earlier_month_also_posts_the_full_months_between() -> None:
    assert shown(begun().start(date(2026, 9, 29))) == [
        ("11-20", "-29.79"),
        ("09-29", "5.42"),
        ("10-01", "81.25"),
        ("11-01", "81.25"),
    ]


def test_full_months_that_stay_are_not_touched_by_a_second_change() -> None:
    book = begun()
    book.start(date(2026, 9, 29))
    assert shown(book.start(date(2026, 9, 15))) == [("09-29", "-5.42"), ("09-15", "43.33")]


@pytest.mark.parametrize("later", [date(2026, 11, 29), date(2027, 2, 10)])
def test_a_start_that_lies_ahead_takes_all_back_and_is_posted_when_it_comes(later: date) -> None:
    book = begun()
    assert shown(book.start(later)) == [("11-20", "-29.79")]
    assert book.stands() == []
    book.scan(later)
    assert book.stands()[0][0] == later


def test_what_came_later_is_never_charged_before_it_came() -> None:
    came = date(2026, 11, 25)
    book = begun(not_before=came)
    assert book.start(date(2026, 11, 3)) == []
    assert shown(book.start(date(2026, 11, 27))) == [("11-25", "-16.25"), ("11-27", "10.83")]


def test_an_end_credits_what_was_posted_in_advance_and_posts_the_last_part() -> None:
    book = begun(today=date(2026, 12, 5))
    assert shown(book.end(date(2026, 12, 11), date(2026, 12, 5))) == [("12-01", "-81.25"), ("12-01", "26.21")]
    book.scan(date(2027, 6, 1))
    assert book.stands() == [(START, date(2026, 12, 1)), (date(2026, 12, 1), date(2026, 12, 11))]


def test_an_end_inside_the_stub_keeps_its_denominator() -> None:
    lines = begun().end(date(2026, 11, 25))
    assert [(str(line.amount), line.days, line.days_in_period) for line in lines] == [
        ("-29.79", 11, 30),
        ("13.54", 5, 30),
    ]


@pytest.mark.parametrize("end", [START, date(2026, 10, 1)])
def test_what_ends_when_it_begins_costs_nothing(end: date) -> None:
    book = begun()
    assert shown(book.end(end)) == [("11-20", "-29.79")]
    assert total(book.lines) == 0


def test_an_end_that_lies_ahead_is_posted_with_its_period() -> None:
    book = begun()
    assert book.end(date(2027, 1, 11)) == []
    book.scan(date(2027, 3, 1))
    assert book.stands()[-1] == (date(2027, 1, 1), date(2027, 1, 11))


def test_an_end_may_be_moved_and_what_was_cut_off_comes_back() -> None:
    book = begun()
    book.end(date(2026, 11, 25))
    assert shown(book.end(date(2026, 12, 5), date(2026, 12, 8))) == [
        ("11-20", "-13.54"),
        ("11-20", "29.79"),
        ("12-01", "10.48"),
    ]


def test_what_people_have_credited_stays_so() -> None:
    book = begun(today=date(2026, 12, 5))
    book.standing.pop(2)
    book.credited.add((date(2026, 12, 1), date(2027, 1, 1)))
    assert shown(book.start(date(2026, 11, 23), date(2026, 12, 5))) == [("11-20", "-29.79"), ("11-23", "21.67")]


def test_a_part_of_a_credited_month_and_a_credited_fee_stay_so_too() -> None:
    book = begun(today=date(2026, 12, 5))
    book.standing.pop(2)
    book.credited.add((date(2026, 12, 1), date(2027, 1, 1)))
    assert book.end(date(2026, 12, 11), date(2026, 12, 5)) == []
    fee = begun(FEE)
    fee.standing.pop(1)
    fee.credited.add((START, None))
    assert fee.start(date(2026, 11, 23)) == []


def test_of_days_that_were_credited_none_is_charged_again_and_of_the_others_all_are() -> None:
    book = begun()
    book.standing.pop(1)
    book.credited.add((START, date(2026, 12, 1)))
    assert shown(book.start(date(2026, 11, 18))) == [("11-18", "5.42")]
    ended_early = begun()
    ended_early.end(date(2026, 11, 23))
    ended_early.standing.clear()
    ended_early.credited.add((START, date(2026, 11, 23)))
    (line,) = ended_early.end(date(2026, 11, 25))
    assert (line.from_date, line.days, line.days_in_period, str(line.amount)) == (date(2026, 11, 23), 2, 30, "5.42")


def test_an_end_before_the_start_is_kept_wherever_the_start_goes() -> None:
    book = begun()
    assert shown(book.end(date(2026, 6, 1))) == [("11-20", "-29.79")]
    assert book.start(date(2026, 9, 1)) == []
    book.start(date(2026, 5, 20))
    assert book.stands() == [(date(2026, 5, 20), date(2026, 6, 1))]


CHANGES = st.lists(st.tuples(st.sampled_from(["start", "end", "scan"]), DATES), max_size=8)


@given(changes=CHANGES, days=st.lists(st.integers(0, 90), min_size=8, max_size=8), anchor=st.integers(1, 31))
def test_after_any_changes_what_stands_is_what_the_rules_give_for_that_day(
    changes: list[tuple[str, date]], days: list[int], anchor: int
) -> None:
    """It runs from the last start without gap or overlap, and what was taken back sums up to nothing."""
    book, today = Book(anchor=anchor), START
    for (what, day), later in zip(changes, days, strict=False):
        today = date.fromordinal(today.toordinal() + later)
        book.scan(today)
        if what == "start":
            book.start(day, today)
        elif what == "end":
            book.end(day, today)
    book.scan(today)
    it = book.subscription
    _, wanted = due(Subscription(1, SEATS, it.from_date, it.from_date, it.to_date, anchor), today)
    stands = sorted(book.standing.values(), key=lambda line: line.from_date)
    assert [line.model_copy(update={"first_period": True}) for line in stands] == [
        line.model_copy(update={"first_period": True}) for line in wanted
    ]
    assert all(before.to_date == after.from_date for before, after in pairwise(stands))
    assert total(book.lines) == total(stands)
