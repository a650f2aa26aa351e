"""Another billing start after billing has begun."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.charges import Charge, preview
from catalog.domain.periods import first_periods
from catalog.domain.reposting import Posting, move_start, open_postings, posted

START = date(2026, 11, 20)
SEATS = Charge("1", "Power User", "MRC", 5, Decimal("16.25"))
FEE = Charge("2", "Broadsoft Provisioning Fee", "NRC", 1, Decimal("75.00"))
DATES = st.dates(date(2026, 1, 1), date(2028, 12, 31))


def begun(start: date = START, anchor: int = 1) -> tuple[Posting, ...]:
    return posted(line for line in preview([SEATS, FEE], start, anchor).lines if line.first_period)


def standing(postings: tuple[Posting, ...]) -> list[tuple[int, date, date | None]]:
    return [(p.series, p.line.from_date, p.line.to_date) for p in open_postings(postings)]


def test_the_same_start_again_gives_no_lines() -> None:
    assert move_start(begun(), START, "c-1") == ()


def test_reversals_come_first_then_the_new_lines_and_all_carry_the_change() -> None:
    moved = move_start(begun(), date(2026, 11, 23), "c-1")
    assert [(p.line.line, p.reverses, str(p.line.amount)) for p in moved] == [
        (3, 1, "-29.79"),
        (4, 2, "-75.00"),
        (5, None, "21.67"),
        (6, None, "75.00"),
    ]
    assert {p.change for p in moved} == {"c-1"}
    assert [p.series for p in moved] == [1, 2, 1, 2]


def test_an_earlier_month_also_posts_the_full_months_between() -> None:
    moved = move_start(begun(), date(2026, 9, 29), "c-1")
    months = [p.line for p in moved if p.series == 1 and p.reverses is None]
    assert [(line.from_date, line.days, line.days_in_period) for line in months] == [
        (date(2026, 9, 29), 2, 30),
        (date(2026, 10, 1), 31, 31),
        (date(2026, 11, 1), 30, 30),
    ]
    assert [line.first_period for line in months] == [True, False, False]


def test_full_months_that_stay_are_not_touched_by_a_second_change() -> None:
    once = (*begun(), *move_start(begun(), date(2026, 9, 29), "c-1"))
    twice = move_start(once, date(2026, 9, 15), "c-2")
    assert [(p.line.package, p.line.from_date, p.reverses is None) for p in twice] == [
        ("Power User", date(2026, 9, 29), False),
        ("Broadsoft Provisioning Fee", date(2026, 9, 29), False),
        ("Power User", date(2026, 9, 15), True),
        ("Broadsoft Provisioning Fee", date(2026, 9, 15), True),
    ]


def test_numbers_are_never_charged_before_their_delivery() -> None:
    delivery = date(2026, 11, 25)
    number = Charge("numbers", "Number beyond the allowance", "MRC", 2, Decimal("1.15"))
    lines = preview([number], delivery).lines[:1]
    postings = posted([line.model_copy(update={"line": 9}) for line in lines], not_before=delivery)
    assert move_start(postings, date(2026, 11, 3), "c-1") == ()
    assert standing((*postings, *move_start(postings, date(2026, 11, 28), "c-2"))) == [
        (9, date(2026, 11, 28), date(2026, 12, 1))
    ]


@pytest.mark.parametrize("later", [date(2026, 12, 1), date(2027, 2, 10)])
def test_a_later_month_leaves_only_its_own_first_period(later: date) -> None:
    postings = (*begun(), *move_start(begun(), later, "c-1"))
    stub, full = first_periods(later)
    assert standing(postings) == [(1, later, (stub or full).to_date), (2, later, None)]


@given(starts=st.lists(DATES, min_size=1, max_size=5), anchor=st.integers(1, 31))
def test_after_any_changes_the_standing_lines_run_from_the_last_start_without_gap(
    starts: list[date], anchor: int
) -> None:
    postings = begun(anchor=anchor)
    for n, start in enumerate(starts):
        postings = (*postings, *move_start(postings, start, f"c-{n}", anchor))
    numbers = [p.line.line for p in postings]
    assert numbers == sorted(set(numbers))
    seats = [p.line for p in open_postings(postings) if p.series == 1]
    assert seats[0].from_date == starts[-1]
    assert all(a.to_date == b.from_date for a, b in pairwise(seats))
    assert [p.line.from_date for p in open_postings(postings) if p.series == 2] == [starts[-1]]
    assert sum(p.line.amount for p in postings) == sum(p.line.amount for p in open_postings(postings))


@given(start=DATES, anchor=st.integers(1, 31))
def test_there_and_back_costs_what_it_cost_before_when_the_reach_is_the_same(start: date, anchor: int) -> None:
    before = begun(anchor=anchor)
    there = (*before, *move_start(before, start, "c-1", anchor))
    back = (*there, *move_start(there, START, "c-2", anchor))
    reach = max(p.line.to_date for p in open_postings(back) if p.line.to_date)
    if reach == before[0].line.to_date:
        assert sum(p.line.amount for p in back) == sum(p.line.amount for p in before)
