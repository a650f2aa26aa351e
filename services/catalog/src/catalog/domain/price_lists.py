"""A list of prices as people write it: what is wrong with it, row by row, and how it differs from another."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple, cast

from catalog.domain.money import price_of
from catalog.domain.packages import NUMBER_PACKAGE, Catalogue
from catalog.domain.price_books import Prices
from contracts.catalog import ChargeKind
from contracts.echo import quoted
from contracts.faults import Told

MOST_GUESSES = 20  # of what a misspelt package was meant to be: each takes up to a millisecond
Priced = tuple[str, ChargeKind]


class Row(NamedTuple):
    """Texts, as they were written."""

    package: str
    kind: str
    unit_price: str


class Change(NamedTuple):
    """Of one price; None where there is none."""

    package: str
    kind: ChargeKind
    before: Decimal | None
    after: Decimal | None


def prices_of(rows: Sequence[Row], catalogue: Catalogue) -> tuple[dict[Priced, Decimal], list[Told]]:
    """The prices, and every fault by the place of its row: `/prices/0/kind`."""
    prices: dict[Priced, Decimal] = {}
    first: dict[tuple[str, str], int] = {}
    faults: list[Told] = []
    guesses = iter(range(MOST_GUESSES))
    for place, row in enumerate(rows):
        found = list(_faults(row, catalogue, guesses))
        if (before := first.setdefault((row.package, row.kind), place)) != place:
            detail = f"the {row.kind} price of {quoted(row.package)} is given twice, first in row {before + 1}"
            found.append(Told("", "duplicate", detail))
        faults += (Told(f"/prices/{place}{fault.pointer}", fault.code, fault.detail) for fault in found)
        if not found:
            prices[row.package, cast("ChargeKind", row.kind)] = price_of(row.unit_price)
    return prices, faults


def _faults(row: Row, catalogue: Catalogue, guesses: Iterator[int]) -> Iterator[Told]:
    kinds = kinds_of(row.package, catalogue)
    if not kinds:
        near = catalogue.nearest(row.package) if next(guesses, None) is not None else None
        hint = f"; did you mean {quoted(near)}?" if near else ""
        yield Told("/package", "unknown-package", f"no package is called {quoted(row.package)}{hint}")
    elif row.kind not in kinds:
        detail = f"{quoted(row.package)} is charged by {' and '.join(kinds)}, not by {quoted(row.kind)}"
        yield Told("/kind", "wrong-kind", detail)
    try:
        price_of(row.unit_price)
    except ValueError as error:
        yield Told("/unit_price", "not-a-price", str(error))


def kinds_of(package: str, catalogue: Catalogue) -> tuple[ChargeKind, ...]:
    """By which kinds of charges it is sold; none for what is not sold."""
    if package == NUMBER_PACKAGE:
        return ("MRC",)
    known = catalogue.by_name.get(package)
    return known.charges if known else ()


def unpriced(prices: Prices, catalogue: Catalogue) -> list[Priced]:
    """What is sold and has no price there, in menu order."""
    names = [*(package.name for package in catalogue.packages if not package.withdrawn), NUMBER_PACKAGE]
    wanted = [(name, kind) for name in names for kind in kinds_of(name, catalogue)]
    return [one for one in wanted if one not in prices]


def changes(before: Prices, after: Prices) -> list[Change]:
    """By package and kind; what costs the same is not among them."""
    both = sorted({*before, *after})
    found = (Change(*one, before.get(one), after.get(one)) for one in both)
    return [one for one in found if one.before != one.after]
