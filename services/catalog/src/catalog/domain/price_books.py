"""Price books: what a partner pays, by version; a version takes effect on a date and is frozen into each order."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import cast, get_args

from catalog.domain.packages import NUMBER_PACKAGE
from contracts.catalog import ChargeKind

HIGHEST_PRICE = Decimal(10_000_000)

Prices = Mapping[tuple[str, ChargeKind], Decimal]


@dataclass(frozen=True, slots=True)
class PriceBookVersion:
    """Unit prices in USD before tax by package and charge kind, in effect from a date. `name` is unique per partner."""

    name: str
    effective_from: date
    prices: Prices

    @property
    def number_price(self) -> Decimal | None:
        """Monthly price of one number beyond the free allowance."""
        return self.prices.get((NUMBER_PACKAGE, "MRC"))


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


def prices_from(rows: Iterable[Mapping[str, str]]) -> dict[tuple[str, ChargeKind], Decimal]:
    """Prices from rows of text: package, kind, unit_price. ValueError names the first row that is wrong."""
    prices: dict[tuple[str, ChargeKind], Decimal] = {}
    for row in rows:
        key = row["package"], cast("ChargeKind", row["kind"])
        if key[1] not in get_args(ChargeKind) or key in prices:
            raise ValueError(f"{key[0]!r}: the kind {key[1]!r} is unknown or priced twice")
        prices[key] = _price(key[0], row["unit_price"])
    return prices


def _price(package: str, text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{package!r}: {text!r} is not a decimal number") from None
    if not price.is_finite() or not 0 <= price <= HIGHEST_PRICE:
        raise ValueError(f"{package!r}: a unit price lies between 0 and {HIGHEST_PRICE}, not {text}")
    return price
