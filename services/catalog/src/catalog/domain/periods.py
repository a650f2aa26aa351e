"""Billing periods: half-open ranges `[from, to)` of calendar dates in the customer's time zone.

The anchor day (1 to 31, default 1 for calendar months) is the day on which full periods begin. In a month that is too
short its anchor date is the last day; the next one is taken from the anchor day again, so 31 comes back after February.
`months` is the length of a charge period. Dates past the year 9999 raise ValueError.
"""

from calendar import isleap
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import count, takewhile
from typing import NamedTuple

_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Period(NamedTuple):
    """`days_in_period` is the length of the whole period that this one, if it is a part, is a part of."""

    from_date: date
    to_date: date
    days_in_period: int

    @property
    def days(self) -> int:
        """Calendar days; the end is not part of the period."""
        return (self.to_date - self.from_date).days


def month_after(day: date, months: int, anchor: int | None = None) -> date:
    """Day `anchor` (the day of `day` itself, if None) of the month `months` after that of `day`, clipped to its end.

    `months` may be negative.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = 29 if month == 1 and isleap(year) else _DAYS[month]
    return date(year, month + 1, min(anchor or day.day, last))


def first_anchor(start: date, anchor: int = 1, months: int = 1) -> date:
    """The anchor date of the month of `start` if that is not before `start`, else the one `months` later."""
    if not 1 <= anchor <= 31 or months < 1:
        raise ValueError(f"anchor day {anchor} with a period of {months} months: 1 to 31, and at least one month")
    here = month_after(start, 0, anchor)
    return here if here >= start else month_after(start, months, anchor)


@lru_cache(maxsize=4096)
def first_periods(start: date, anchor: int = 1, months: int = 1) -> tuple[Period | None, Period]:
    """The leading stub, None if `start` is an anchor date, and the first full period.

    The stub is counted over the days back to `months` before the first anchor, clipped (28 February minus a month is
    28 January), so its share of the period is below one.
    """
    first = first_anchor(start, anchor, months)
    full = _period(first, month_after(first, months, anchor))
    if first == start:
        return None, full
    return Period(start, first, (first - month_after(first, -months)).days), full


def periods_begun(start: date, before: date, anchor: int = 1, months: int = 1) -> tuple[Period, ...]:
    """The whole periods that begin before a date, and always the first one.

    Charges are in advance: on a day, every period that has begun is due.
    """
    return tuple(
        takewhile(
            lambda period: period.from_date < before or period.from_date == start, _endless(start, anchor, months)
        )
    )


def _endless(start: date, anchor: int, months: int) -> Iterator[Period]:
    stub, full = first_periods(start, anchor, months)
    if stub:
        yield stub
    for k in count():
        yield _period(
            month_after(full.from_date, k * months, anchor), month_after(full.from_date, (k + 1) * months, anchor)
        )


def _period(from_date: date, to_date: date) -> Period:
    return Period(from_date, to_date, (to_date - from_date).days)
