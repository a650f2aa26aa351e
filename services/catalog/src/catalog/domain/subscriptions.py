"""What is charged for something that is delivered: every month until it ends, or once.

Charges are in advance: on a day, every period that has begun is due, and what was due before and was not posted is
posted with it (telecom rules 7, 10 and 11).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from catalog.domain.charges import Charge, line_of
from catalog.domain.periods import Period, periods_begun
from contracts.catalog import ChargeLine

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Subscription:
    """A charge from `from_date` on, up to and without `to_date`; what begins before `posted_to` is posted.

    `line` is its number in the plan of its order, `not_before` the day of a delivery after the pivot. A charge that is
    made once is due on `from_date`.
    """

    line: int
    charge: Charge
    from_date: date
    posted_to: date
    to_date: date | None = None
    anchor: int = 1
    not_before: date | None = None

    @property
    def due_on(self) -> date | None:
        """The day on which something is to be posted next, in the customer's zone; None when nothing will be."""
        once = self.charge.kind == "NRC"
        ends = self.from_date + ONE_DAY if once else self.to_date
        return self.posted_to if ends is None or self.posted_to < ends else None


def subscribed(line: ChargeLine, charge: Charge, start: date, not_before: date | None) -> Subscription:
    """A charge of a plan, of which nothing is posted yet."""
    return Subscription(line.line, charge, start, start, not_before=not_before)


def due(subscription: Subscription, today: date) -> tuple[Subscription, tuple[ChargeLine, ...]]:
    """The lines to post today, and the subscription as it stands then."""
    if subscription.due_on is None or subscription.due_on > today:
        return subscription, ()
    if subscription.charge.kind == "NRC":
        line = line_of(subscription.charge, subscription.line, None, subscription.from_date)
        return replace(subscription, posted_to=subscription.from_date + ONE_DAY), (line,)
    periods = list(_begun(subscription, today))
    lines = tuple(_line(subscription, period) for period in periods)
    return replace(subscription, posted_to=periods[-1].to_date), lines


def _begun(subscription: Subscription, today: date) -> Iterator[Period]:
    """From where it was posted on: after the first period that is an anchor date."""
    last = today + ONE_DAY if subscription.to_date is None else min(today + ONE_DAY, subscription.to_date)
    for period in periods_begun(subscription.posted_to, last, subscription.anchor):
        ends = min(period.to_date, subscription.to_date or period.to_date)
        yield Period(period.from_date, ends, period.days_in_period)


def _line(subscription: Subscription, period: Period) -> ChargeLine:
    first = period.from_date == subscription.from_date
    return line_of(subscription.charge, subscription.line, period, period.from_date, first_period=first)
