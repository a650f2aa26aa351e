"""Another start or end of what is charged: a posted line is never edited, but reversed and posted anew (rule 14)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from catalog.domain.charges import charge_of, credit_of, line_of
from catalog.domain.periods import Period
from catalog.domain.subscriptions import Subscription, due
from contracts.catalog import ChargeLine

Dates = tuple[date, date | None]


@dataclass(frozen=True, slots=True)
class Posted:
    """A line that stands, under its number."""

    posting: int
    line: ChargeLine

    @property
    def dates(self) -> Dates:
        return self.line.from_date, self.line.to_date


@dataclass(frozen=True, slots=True)
class Correction:
    """The subscription as it is from now on; what is taken `back`, with its credit; and what is posted instead."""

    subscription: Subscription
    back: tuple[tuple[int, ChargeLine], ...] = ()
    lines: tuple[ChargeLine, ...] = ()


def moved(subscription: Subscription, start: date) -> Subscription:
    """To another billing start; what came later is never charged before it came."""
    begins = max(start, subscription.not_before or start)
    return replace(subscription, from_date=begins, posted_to=begins)


def ended(subscription: Subscription, end: date) -> Subscription:
    """Up to and without that day. What ends before it starts is not charged, wherever its start is moved to."""
    return replace(subscription, to_date=end, posted_to=subscription.from_date)


def corrected(
    changed: Subscription, standing: Sequence[Posted], credited: Collection[Dates], today: date
) -> Correction:
    """From what stands to what has to stand today. A line that stays is not touched, so the same again is nothing.

    What people have `credited` stays so. Charges of days that have begun are posted, those of later ones when they do.
    """
    after, begun = due(changed, today)
    wanted = [piece for line in begun for piece in _uncredited(line, credited)]
    dates = {(line.from_date, line.to_date) for line in wanted}
    stand = {posted.dates for posted in standing}
    back = tuple((one.posting, credit_of(one.line, one.line.line)) for one in standing if one.dates not in dates)
    return Correction(after, back, tuple(line for line in wanted if (line.from_date, line.to_date) not in stand))


def _uncredited(line: ChargeLine, credited: Collection[Dates]) -> Iterator[ChargeLine]:
    """What of its days was not credited, piece by piece; what is charged once is credited whatever its day was."""
    if line.to_date is None:
        yield from () if credited else (line,)
        return
    left = [(line.from_date, line.to_date)]
    for begin, end in credited:
        left = [piece for days in left for piece in _without(days, begin, end or begin)]
    for since, until in left:
        if (since, until) == (line.from_date, line.to_date):
            yield line
        else:
            period = Period(since, until, line.days_in_period or 0)
            first = line.first_period and since == line.from_date
            yield line_of(charge_of(line), line.line, period, since, first_period=first)


def _without(days: tuple[date, date], begin: date, end: date) -> Iterator[tuple[date, date]]:
    """What is left before and after."""
    since, until = days
    if begin >= until or end <= since:
        yield days
        return
    if since < begin:
        yield since, begin
    if end < until:
        yield end, until
