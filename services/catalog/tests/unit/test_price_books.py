"""Versions of a price book, and prices as text."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from catalog.domain.price_books import PriceBook, PriceBookVersion, PricesInEffect, in_effect

OLD = PriceBookVersion("2026", date(2026, 1, 1), {})
NEW = PriceBookVersion("2027", date(2027, 1, 1), {})


@pytest.mark.parametrize(
    ("submitted_on", "version"),
    [
        (date(2025, 12, 31), None),
        (date(2026, 1, 1), OLD),
        (date(2026, 12, 31), OLD),
        (date(2027, 1, 1), NEW),
        (date(2030, 6, 1), NEW),
    ],
)
def test_the_version_in_effect_on_the_submit_date_counts(submitted_on: date, version: PriceBookVersion | None) -> None:
    assert PriceBook([NEW, OLD]).on(submitted_on) == version


def test_a_book_without_versions_has_none_in_effect() -> None:
    assert PriceBook().on(date(2027, 1, 1)) is None


@pytest.mark.parametrize(
    "twin", [PriceBookVersion("other", OLD.effective_from, {}), PriceBookVersion("2026", date(2028, 1, 1), {})]
)
def test_versions_differ_in_name_and_in_date_of_effect(twin: PriceBookVersion) -> None:
    with pytest.raises(ValueError, match="same name or the same date"):
        PriceBook([OLD, twin])


STANDARD = PriceBookVersion(
    "standard", date(2026, 1, 1), {("Power User", "MRC"): Decimal(20), ("Fax", "MRC"): Decimal(5)}
)
OWN = PriceBookVersion("own", date(2026, 6, 1), {("Power User", "MRC"): Decimal(15)})


def test_before_a_partners_first_version_it_pays_as_everybody() -> None:
    prices = in_effect(PriceBook([OWN]), PriceBook([STANDARD]), date(2026, 5, 31))
    assert prices == PricesInEffect(STANDARD)


def test_what_a_partners_version_lacks_costs_what_everybody_pays() -> None:
    prices = in_effect(PriceBook([OWN]), PriceBook([STANDARD]), date(2026, 6, 1))
    assert prices is not None
    assert prices.name == "own"
    assert prices.price("Power User", "MRC") == (15, "own")
    assert prices.price("Fax", "MRC") == (5, "standard")
    assert prices.price("Fax", "NRC") is None


def test_a_partner_may_be_sold_what_its_version_has_and_nothing_else() -> None:
    prices = in_effect(PriceBook([replace(OWN, lacking="refused")]), PriceBook([STANDARD]), date(2026, 6, 1))
    assert prices is not None
    assert prices.price("Fax", "MRC") is None


def test_a_book_of_its_own_needs_no_standard_one() -> None:
    assert in_effect(PriceBook([OWN]), PriceBook(), date(2026, 6, 1)) == PricesInEffect(OWN, None)
    assert in_effect(PriceBook([OWN]), PriceBook(), date(2026, 5, 31)) is None
