"""Orders that cannot be priced: every fault at once, in words that help."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from catalog.domain.checks import item_faults
from catalog.domain.packages import Catalogue
from catalog.domain.price_books import PriceBookVersion, PricesInEffect
from catalog.domain.pricing import price_order
from catalog.sample import catalogue
from contracts.bounds import HIGHEST, LATEST
from contracts.catalog import OrderedItem, OrderNotPriceable, OrderPriced, PriceOrder

MakeOrder = Callable[..., PriceOrder]


def refused(order: PriceOrder, book: PricesInEffect | None) -> OrderNotPriceable:
    answer = price_order(order, catalogue(), book)
    assert isinstance(answer, OrderNotPriceable), answer
    return answer


def codes(answer: OrderNotPriceable) -> list[tuple[str, str]]:
    return [(fault.item_id, fault.code) for fault in answer.faults]


def test_all_faults_come_at_once(order: MakeOrder, book: PricesInEffect) -> None:
    answer = refused(
        order(("Enterprise Standart", 1), ("Late Fee", 10_001), ("Power User", 1), billing_start=date(2026, 12, 31)),
        book,
    )
    assert codes(answer) == [
        ("", "billing-start-past"),
        ("2", "not-orderable"),
        ("2", "bad-quantity"),
        ("1", "unknown-package"),
    ]
    assert answer.code == "order-not-priceable"
    assert answer.reason.endswith("(3 more)")


def test_an_unknown_package_comes_with_the_name_that_was_meant(order: MakeOrder, book: PricesInEffect) -> None:
    (fault,) = refused(order(("Toll Free Number", 1)), book).faults
    assert fault.detail == "No package is called 'Toll Free Number'. Did you mean 'Toll FRee Number'?"


def test_an_unknown_package_like_no_other_comes_without_a_suggestion(order: MakeOrder, book: PricesInEffect) -> None:
    (fault,) = refused(order(("Elephants", 1)), book).faults
    assert fault.detail == "No package is called 'Elephants'."


def test_only_the_first_unknown_names_are_looked_up(order: MakeOrder, book: PricesInEffect) -> None:
    faults = refused(order(*[(f"Power User {n}", 1) for n in range(100)]), book).faults
    assert len(faults) == 100
    assert sum("Did you mean" in fault.detail for fault in faults) == 5


def test_more_seats_than_one_order_can_build_are_refused_before_anything_is_built(
    order: MakeOrder, book: PricesInEffect
) -> None:
    answer = refused(order(("Enterprise Standard", 600), ("Power User", 401)), book)
    assert codes(answer) == [("", "too-many-seats")]
    assert "1001 seats" in answer.reason
    enough = price_order(order(("Enterprise Standard", 600), ("Power User", 400)), catalogue(), book)
    assert isinstance(enough, OrderPriced)


def test_a_back_office_package_is_refused(order: MakeOrder, book: PricesInEffect) -> None:
    answer = refused(order(("Early Termination Fee", 1)), book)
    assert codes(answer) == [("1", "not-orderable")]
    assert "back office" in answer.reason


def test_a_quantity_is_10000_at_most(order: MakeOrder, book: PricesInEffect) -> None:
    assert codes(refused(order(("Broadsoft Provisioning Fee", 10_001)), book)) == [("1", "bad-quantity")]


@pytest.mark.parametrize(
    ("start", "fault"),
    [
        (date(2026, 12, 31), ["billing-start-past"]),
        (date(2027, 1, 1), []),
        (date(2029, 1, 4), []),
        (date(2029, 1, 5), ["billing-start-too-far"]),
        (LATEST.date(), ["billing-start-too-far"]),
    ],
)
def test_billing_starts_in_the_month_of_the_submit_or_within_two_years(
    order: MakeOrder, book: PricesInEffect, start: date, fault: list[str]
) -> None:
    answer = price_order(order(("Power User", 1), billing_start=start), catalogue(), book)
    assert [f.code for f in getattr(answer, "faults", ())] == fault


def test_two_items_with_one_id_are_refused_once(order: MakeOrder, book: PricesInEffect) -> None:
    twins = tuple(OrderedItem(item_id="7", package="Power User") for _ in range(3))
    assert codes(refused(order(items=twins), book)) == [("7", "duplicate-item")]


@pytest.mark.parametrize("numbers", [100_001, HIGHEST])
def test_too_many_numbers_are_refused(numbers: int, order: MakeOrder, book: PricesInEffect) -> None:
    assert codes(refused(order(numbers=numbers), book)) == [("", "bad-numbers")]


def test_without_a_price_book_the_other_faults_are_still_told(order: MakeOrder) -> None:
    answer = refused(order(("Late Fee", 1)), None)
    assert codes(answer) == [("1", "not-orderable"), ("", "no-price-book")]


def test_a_missing_price_is_told_for_each_charge_and_for_numbers(order: MakeOrder) -> None:
    empty = PricesInEffect(PriceBookVersion("empty", date(2026, 1, 1), {}))
    answer = refused(order(("Basic Metered", 1), ("Shipping", 1), numbers=4), empty)
    assert codes(answer) == [("1", "no-price"), ("1", "no-price"), ("2", "no-price"), ("numbers", "no-price")]
    assert "usage price for 'Basic Metered'" in answer.faults[1].detail


def test_a_withdrawn_package_is_refused_and_never_suggested() -> None:
    sold_no_more = replace(catalogue().by_name["Power User"], withdrawn=True)
    (fault,) = item_faults(OrderedItem(item_id="1", package="Power User"), sold_no_more)
    assert (fault.code, fault.detail) == ("withdrawn", "'Power User' is sold no more.")
    assert Catalogue([sold_no_more]).nearest("power user") is None
