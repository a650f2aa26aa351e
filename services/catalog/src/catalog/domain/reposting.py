"""Another start or end of what is charged: a posted line is never edited, but reversed and posted anew (rule 14)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from catalog.domain.charges import credit_of
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
    """Up to and without that day; before its start nothing of it is charged."""
    return replace(subscription, to_date=max(end, subscription.from_date), posted_to=subscription.from_date)


def corrected(
    changed: Subscription, standing: Sequence[Posted], credited: Collection[Dates], today: date
) -> Correction:
    """From what stands to what has to stand today. A line that stays is not touched, so the same again is nothing.

    What people have `credited` stays so. Charges of days that have begun are posted, those of later ones when they do.
    """
    after, wanted = due(changed, today)
    dates = {(line.from_date, line.to_date) for line in wanted}
    stand = {posted.dates for posted in standing}
    back = tuple((one.posting, credit_of(one.line, one.line.line)) for one in standing if one.dates not in dates)
    missing = (line for line in wanted if (line.from_date, line.to_date) not in stand)
    return Correction(after, back, tuple(line for line in missing if not _is_credited(line, credited)))


def _is_credited(line: ChargeLine, credited: Collection[Dates]) -> bool:
    """All of its days are; what is charged once is credited whatever its day was."""
    if line.to_date is None:
        return bool(credited)
    return any(begin <= line.from_date and end is not None and line.to_date <= end for begin, end in credited)
