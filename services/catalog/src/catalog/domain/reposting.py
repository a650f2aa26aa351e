"""Another billing start after billing has begun: a posted line is never edited, but reversed and posted anew."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count, groupby

from catalog.domain.charges import charge_of, credit_of, line_of
from catalog.domain.periods import Period, periods_begun
from contracts.catalog import ChargeLine


@dataclass(frozen=True, slots=True)
class Posting:
    """A posted line.

    `series` is the number of the line that first posted this charge. `not_before` is the delivery of what came later
    than the order: it is never charged earlier. `reverses` is the number of the line that this one takes back, and
    `change` the id of the change that made it, empty for the original posting.
    """

    line: ChargeLine
    series: int
    not_before: date | None = None
    reverses: int | None = None
    change: str = ""


def posted(lines: Iterable[ChargeLine], not_before: date | None = None) -> tuple[Posting, ...]:
    """Lines posted for the first time."""
    return tuple(Posting(line, line.line, not_before) for line in lines)


def open_postings(postings: Sequence[Posting]) -> list[Posting]:
    """What stands: neither a reversal nor reversed, by series and date."""
    reversed_lines = {posting.reverses for posting in postings}
    standing = (p for p in postings if p.reverses is None and p.line.line not in reversed_lines)
    return sorted(standing, key=lambda p: (p.series, p.line.from_date))


def move_start(postings: Sequence[Posting], start: date, change: str, anchor: int = 1) -> tuple[Posting, ...]:
    """The reversals, then the new lines, that move what was posted to another billing start; both carry the change.

    A line that stays as it is stands untouched, so the same start again gives nothing. The new lines reach as far as
    the reversed ones did: an earlier start also posts the full months between, so that no day is left out.
    """
    stale: list[Posting] = []
    fresh: list[tuple[Posting, Period | None, date]] = []
    for _, group in groupby(open_postings(postings), key=lambda posting: posting.series):
        series = list(group)
        begins = max(start, series[0].not_before or start)
        wanted = _periods_wanted(series, begins, anchor)
        stands = {_dates(posting) for posting in series} & wanted.keys()
        stale += [posting for posting in series if _dates(posting) not in stands]
        fresh += [(series[0], period, begins) for dates, period in wanted.items() if dates not in stands]
    numbers = count(max((posting.line.line for posting in postings), default=0) + 1)
    reversals = [_reversal(posting, next(numbers), change) for posting in stale]
    return (*reversals, *(_repost(model, period, begins, next(numbers), change) for model, period, begins in fresh))


def _periods_wanted(
    series: Sequence[Posting], begins: date, anchor: int
) -> dict[tuple[date, date | None], Period | None]:
    """From and to date → period, of the lines a series should stand with; a one-time charge has a date only."""
    reaches = max((posting.line.to_date for posting in series if posting.line.to_date), default=None)
    if reaches is None:
        return {(begins, None): None}
    return {(period.from_date, period.to_date): period for period in periods_begun(begins, reaches, anchor)}


def _dates(posting: Posting) -> tuple[date, date | None]:
    return posting.line.from_date, posting.line.to_date


def _reversal(posting: Posting, number: int, change: str) -> Posting:
    return replace(posting, line=credit_of(posting.line, number), reverses=posting.line.line, change=change)


def _repost(model: Posting, period: Period | None, begins: date, number: int, change: str) -> Posting:
    first = period is None or period.from_date == begins
    line = line_of(charge_of(model.line), number, period, begins, first_period=first)
    return Posting(line, model.series, model.not_before, change=change)
