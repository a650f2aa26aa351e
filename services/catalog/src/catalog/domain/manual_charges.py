"""What the back office charges by hand: fees, penalties, hours. Once, at a price that is entered or in effect."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from catalog.domain.charges import Charge, line_of
from catalog.domain.money import price_of
from catalog.domain.packages import Catalogue
from catalog.domain.periods import month_after
from catalog.domain.price_books import Price, PricesInEffect
from catalog.domain.price_lists import kinds_of
from contracts.catalog import ChargeLine
from contracts.echo import quoted
from contracts.faults import Told

ManualKind = Literal["NRC", "usage"]


@dataclass(frozen=True, slots=True)
class ManualCharge:
    """As it was asked for: without a `unit_price` it costs what is in effect today, without a day it is for today."""

    package: str
    kind: ManualKind
    quantity: int
    unit_price: str | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """Today is that of the customer; the prices are its partner's, None when no price book is in effect."""

    today: date
    prices: PricesInEffect | None
    catalogue: Catalogue


def judged(asked: ManualCharge, terms: Terms) -> tuple[ChargeLine | None, list[Told]]:
    """The line to be posted, or every fault."""
    faults = list(_package_faults(asked, terms))
    price = _price(asked, terms)
    if isinstance(price, Told) and (asked.unit_price is not None or not faults):  # what is not sold has no price
        faults.append(price)
    faults += _day_faults(asked.on, terms.today)
    if faults or isinstance(price, Told):
        return None, faults
    charge = Charge("", asked.package, asked.kind, asked.quantity, *price)
    return line_of(charge, 0, None, asked.on or terms.today), []


def _package_faults(asked: ManualCharge, terms: Terms) -> Iterator[Told]:
    kinds = kinds_of(asked.package, terms.catalogue)
    if not kinds:
        near = terms.catalogue.nearest(asked.package)
        hint = f"; did you mean {quoted(near)}?" if near else ""
        yield Told("/package", "unknown-package", f"no package is called {quoted(asked.package)}{hint}")
    elif asked.kind not in kinds:
        detail = f"{quoted(asked.package)} is charged by {' and '.join(kinds)}, not by {quoted(asked.kind)}"
        yield Told("/kind", "wrong-kind", detail)


def _day_faults(on: date | None, today: date) -> Iterator[Told]:
    earliest = month_after(today.replace(day=1), -1)
    if on is not None and not earliest <= on <= today:
        code = "too-early" if on < earliest else "too-late"
        yield Told("/date", code, f"nothing is charged by hand for {on}; choose a date from {earliest} to {today}")


def _price(asked: ManualCharge, terms: Terms) -> Price | Told:
    """An entered one is in no price book."""
    if asked.unit_price is not None:
        try:
            return Price(price_of(asked.unit_price), "")
        except ValueError as error:
            return Told("/unit_price", "not-a-price", str(error))
    if terms.prices is None:
        return _no_price(f"no price book is in effect on {terms.today}")
    found = terms.prices.price(asked.package, asked.kind)
    if found is None:
        books = " and ".join(quoted(one.name) for one in terms.prices if one is not None)
        return _no_price(f"{books} has no {asked.kind} price for {quoted(asked.package)}")
    return found


def _no_price(why: str) -> Told:
    return Told("/unit_price", "no-price", f"{why}: give a unit price")
