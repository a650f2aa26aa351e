"""A new version of a price book: judged as a whole, and then kept as a whole or not at all."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import asyncpg

from catalog.domain.packages import Catalogue
from catalog.domain.price_books import Lacking, PriceBook, PriceBookVersion
from catalog.domain.price_lists import Change, Priced, Row, changes, prices_of, unpriced
from catalog.store import price_books
from chassis.messaging.unit import Units
from contracts.catalog import BilledFrom
from contracts.echo import quoted
from contracts.faults import Told


@dataclass(frozen=True, slots=True)
class Wish:
    """A version as an operator wants it. Without `partner_id` it is everybody's."""

    partner_id: str | None
    name: str
    effective_from: date
    lacking: Lacking
    billed_from: BilledFrom
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Added:
    """`before` is the version that was in effect on its day, `differs` what costs otherwise than by that one.

    `lacks` is what is sold and has no price in it.
    """

    created: bool
    version: PriceBookVersion
    before: PriceBookVersion | None
    differs: Sequence[Change]
    lacks: Sequence[Priced]


class NotToAdd(Exception):
    """`faults` are all of them."""

    def __init__(self, faults: Sequence[Told]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


class DayTaken(Exception):
    """Another version takes effect on that day."""


class OnlyTried(Exception):
    """Takes a dry run back."""


async def add_version(units: Units, wish: Wish, who: str, catalogue: Catalogue, *, keep: bool) -> Added:
    """Kept only when it is to be. Raises NotToAdd, DayTaken, and VersionIsFixed."""
    prices, faults = prices_of(wish.rows, catalogue)
    faults += [one for one in (await _partner_fault(units, wish), _day_fault(units, wish)) if one]
    if faults:
        raise NotToAdd(faults)
    version = PriceBookVersion(wish.name, wish.effective_from, prices, wish.lacking, wish.billed_from)
    before, created = await _added(units, wish.partner_id, version, who, keep=keep)
    known = before.prices if before else {}
    return Added(created, version, before, changes(known, prices), unpriced(prices, catalogue))


async def _added(
    units: Units, partner_id: str | None, version: PriceBookVersion, who: str, *, keep: bool
) -> tuple[PriceBookVersion | None, bool]:
    """The version before it, and whether it is a new one."""
    others = [one for one in (await price_books.read(units.pool)).get(partner_id, []) if one.name != version.name]
    before = PriceBook(others).on(version.effective_from)
    if before is not None and before.effective_from == version.effective_from:
        raise DayTaken(f"{quoted(before.name)} takes effect on {version.effective_from}: choose another day.")
    created = False
    try:
        with contextlib.suppress(OnlyTried):
            async with units.begin() as unit:
                created = await price_books.add(unit.connection, partner_id, version, who)
                if not keep:
                    raise OnlyTried
    except asyncpg.UniqueViolationError:
        raise DayTaken(f"Another version takes effect on {version.effective_from}: choose another day.") from None
    return before, created


async def _partner_fault(units: Units, wish: Wish) -> Told | None:
    if wish.partner_id is None or await price_books.knows_partner(units.pool, wish.partner_id):
        return None
    detail = f"no partner is known by {quoted(wish.partner_id)}; leave it out for everybody's book"
    return Told("/partner_id", "no-such-partner", detail)


def _day_fault(units: Units, wish: Wish) -> Told | None:
    """What was submitted has its prices: a version for a day that has passed would change none, and mislead."""
    today = units.clock.now().date()
    if wish.effective_from >= today:
        return None
    detail = f"{wish.effective_from} has passed; a version takes effect on {today} at the earliest"
    return Told("/effective_from", "too-early", detail)
