"""Charges by hand: their price, their day, and all their faults at once."""

from datetime import date
from decimal import Decimal

import pytest

from catalog.domain.manual_charges import ManualCharge, Terms, judged
from catalog.domain.price_books import PriceBookVersion, PricesInEffect
from catalog.sample import catalogue

TODAY = date(2087, 3, 31)
FEE = ManualCharge("Late Fee", "NRC", 1)
BOOK = PriceBookVersion("b-1", date(2087, 1, 1), {("Shipping", "NRC"): Decimal("22.125")})
PRICES = PricesInEffect(BOOK)


def terms(prices: PricesInEffect | None = PRICES) -> Terms:
    return Terms(TODAY, prices, catalogue())


def test_it_costs_what_is_in_effect_and_is_charged_today() -> None:
    line, faults = judged(ManualCharge("Shipping", "NRC", 3), terms())
    assert (line is not None, faults) == (True, [])
    assert line is not None
    assert (line.price_book, line.amount, line.from_date, line.item_id, line.line) == (
        "b-1",
        Decimal("66.38"),
        TODAY,
        "",
        0,
    )


@pytest.mark.parametrize(
    ("prices", "told"),
    [
        (None, "no price book is in effect on 2087-03-31: give a unit price"),
        (PRICES, "'b-1' has no NRC price for 'Late Fee': give a unit price"),
        (PricesInEffect(BOOK, BOOK), "'b-1' and 'b-1' has no NRC price for 'Late Fee': give a unit price"),
    ],
)
def test_what_has_no_price_needs_one(prices: PricesInEffect | None, told: str) -> None:
    line, faults = judged(FEE, terms(prices))
    assert line is None
    assert [(one.pointer, one.code, one.detail) for one in faults] == [("/unit_price", "no-price", told)]
    entered, _ = judged(ManualCharge("Late Fee", "NRC", 1, "12.5"), terms(prices))
    assert entered is not None
    assert (entered.amount, entered.price_book) == (Decimal("12.50"), "")


@pytest.mark.parametrize("day", [date(2087, 2, 1), date(2087, 3, 31)])
def test_it_is_for_a_day_of_this_month_or_the_one_before(day: date) -> None:
    line, _ = judged(ManualCharge("Late Fee", "NRC", 1, "1", day), terms())
    assert line is not None
    assert line.from_date == day


@pytest.mark.parametrize(("day", "code"), [(date(2087, 1, 31), "too-early"), (date(2087, 4, 1), "too-late")])
def test_another_day_is_a_fault(day: date, code: str) -> None:
    _, faults = judged(ManualCharge("Late Fee", "NRC", 1, "1", day), terms())
    assert [(one.pointer, one.code) for one in faults] == [("/date", code)]


def test_every_fault_is_told_and_what_is_not_sold_has_no_second_one() -> None:
    _, faults = judged(ManualCharge("Elephants", "NRC", 1, None, date(2088, 1, 1)), terms())
    assert [one.pointer for one in faults] == ["/package", "/date"]
    _, faults = judged(ManualCharge("Elephants", "NRC", 1, "-1"), terms())
    assert [one.pointer for one in faults] == ["/package", "/unit_price"]
