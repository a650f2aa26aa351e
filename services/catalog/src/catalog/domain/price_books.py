"""Price books: what a partner pays, by version; a version takes effect on a date and is frozen into each order.

The standard book is everybody's. A partner's own goes before it, from the day on which its first version takes effect.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

from contracts.catalog import BilledFrom, ChargeKind

Prices = Mapping[tuple[str, ChargeKind], Decimal]
Lacking = Literal["standard", "refused"]


@dataclass(frozen=True, slots=True)
class PriceBookVersion:
    """Unit prices in USD before tax by package and charge kind, in effect from a date. `name` is unique per partner.

    What a partner's version is `lacking` has the price of the standard book, or is refused. Its orders are
    `billed_from` the asked start, or from their activation if that is later (telecom rule 15).
    """

    name: str
    effective_from: date
    prices: Prices
    lacking: Lacking = "standard"
    billed_from: BilledFrom = "asked"


class Price(NamedTuple):
    """`book` is the name of the version that says so."""

    unit_price: Decimal
    book: str


class PricesInEffect(NamedTuple):
    """Of one day: the version that names the prices, then the one that has what the first lacks."""

    first: PriceBookVersion
    then: PriceBookVersion | None = None

    @property
    def name(self) -> str:
        return self.first.name

    @property
    def billed_from(self) -> BilledFrom:
        return self.first.billed_from

    def price(self, package: str, kind: ChargeKind) -> Price | None:
        """None for what is not sold."""
        for version in self:
            if version is not None and (found := version.prices.get((package, kind))) is not None:
                return Price(found, version.name)
        return None


class PriceBook:
    """The versions of one partner; none is fine. ValueError if two share a name or a date of effect."""

    def __init__(self, versions: Iterable[PriceBookVersion] = ()) -> None:
        self.versions = tuple(sorted(versions, key=lambda version: version.effective_from))
        self._starts = [version.effective_from for version in self.versions]
        names = {version.name for version in self.versions}
        if len(set(self._starts)) < len(self._starts) or len(names) < len(self.versions):
            raise ValueError("two versions of a price book have the same name or the same date of effect")

    def on(self, submitted_on: date) -> PriceBookVersion | None:
        """The version in effect on the submit date (customer's zone), whatever the billing start; None before all."""
        place = bisect_right(self._starts, submitted_on)
        return self.versions[place - 1] if place else None


def in_effect(own: PriceBook, standard: PriceBook, submitted_on: date) -> PricesInEffect | None:
    """What a partner pays who submits on that date (customer's zone); None when nothing has a price yet."""
    ours, everybodys = own.on(submitted_on), standard.on(submitted_on)
    if ours is None:
        return None if everybodys is None else PricesInEffect(everybodys)
    return PricesInEffect(ours, everybodys if ours.lacking == "standard" else None)


def next_change(own: PriceBook, standard: PriceBook, today: date) -> date | None:
    """The day from which other prices may hold; None when no version is to come."""
    coming = [one.effective_from for one in (*own.versions, *standard.versions) if one.effective_from > today]
    return min(coming, default=None)
