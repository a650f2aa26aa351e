"""Orders that can be priced: start, items, free numbers, version."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from catalog.domain.packages import NUMBER_PACKAGE
from catalog.domain.price_books import PriceBook, PriceBookVersion, PricesInEffect, in_effect
from catalog.domain.pricing import NUMBERS_ITEM, price_order
from catalog.sample import catalogue, sample_prices
from contracts.catalog import OrderedItem, OrderPriced, PriceOrder

MakeOrder = Callable[..., PriceOrder]


def priced(order: PriceOrder, book: PricesInEffect, unused_free_numbers: int = 0) -> OrderPriced:
    answer = price_order(order, catalogue(), book, unused_free_numbers)
    assert isinstance(answer, OrderPriced), answer
    return answer


def charged_numbers(answer: OrderPriced) -> list[int]:
    return [line.quantity for line in answer.lines if line.package == NUMBER_PACKAGE and line.first_period]


def test_billing_starts_on_the_submit_date_by_default(order: MakeOrder, book: PricesInEffect) -> None:
    answer = priced(order(("Unity Client", 1)), book)
    assert answer.billing_start == answer.lines[0].from_date == date(2027, 1, 4)


def test_the_answer_belongs_to_the_order_and_its_run(order: MakeOrder, book: PricesInEffect) -> None:
    answer = priced(order(("Unity Client", 1), run=3), book)
    assert (answer.order_id, answer.run) == ("o-1", 3)


def test_the_price_book_is_that_of_the_submit_and_not_of_the_billing_start(order: MakeOrder) -> None:
    later = PriceBookVersion("later", date(2027, 1, 10), {("Unity Client", "MRC"): Decimal(99)})
    wanted = order(("Unity Client", 1), billing_start=date(2027, 2, 1))
    prices = in_effect(PriceBook(), PriceBook([later, sample_prices()]), wanted.submitted_on)
    assert prices is not None
    answer = priced(wanted, prices)
    assert (answer.price_book, str(answer.monthly)) == ("sample-2026", "2.80")


def test_every_line_tells_whose_its_price_is(order: MakeOrder) -> None:
    own = PriceBookVersion("ours", date(2027, 1, 1), {("Unity Client", "MRC"): Decimal("2.10")})
    wanted = order(("Unity Client", 1), ("Shipping", 1), billing_start=date(2027, 2, 1))
    answer = priced(wanted, PricesInEffect(own, sample_prices()))
    assert answer.price_book == "ours"
    assert [(line.package, line.price_book) for line in answer.lines] == [
        ("Unity Client", "ours"),
        ("Shipping", "sample-2026"),
    ]


@pytest.mark.parametrize(("package", "fulfilment", "seats"), [
    ("Enterprise Basic", "hosted", 4),
    ("Hunt Group", "hosted", 0),
    ("Shipping", "billing", 0),
])  # fmt: skip
def test_an_item_says_how_it_is_fulfilled(
    order: MakeOrder, book: PricesInEffect, package: str, fulfilment: str, seats: int
) -> None:
    (item,) = priced(order((package, 4)), book).items
    assert (item.package, item.quantity, item.fulfilment, item.seats) == (package, 4, fulfilment, seats)


def test_a_trunking_item_costs_the_same_and_is_built_by_people(order: MakeOrder, book: PricesInEffect) -> None:
    trunk = OrderedItem(item_id="t", package="Standard Select Voice Lines", quantity=10, trunking=True)
    answer = priced(order(items=(trunk,)), book)
    assert (answer.items[0].fulfilment, answer.items[0].seats) == ("trunking", 0)
    assert str(answer.monthly) == "158.00"


def test_a_metered_seat_costs_its_monthly_price_and_the_price_of_its_usage_is_frozen(
    order: MakeOrder, book: PricesInEffect
) -> None:
    answer = priced(order(("Basic Metered", 1), billing_start=date(2027, 2, 1)), book)
    assert [(line.kind, str(line.amount)) for line in answer.lines] == [("MRC", "9.35")]
    (usage,) = answer.usage
    assert (usage.item_id, usage.package, usage.price_book) == ("1", "Basic Metered", book.name)
    assert usage.unit_price == sample_prices().prices["Basic Metered", "usage"]


def test_what_people_set_up_elsewhere_is_marked_unless_it_is_a_trunk(order: MakeOrder, book: PricesInEffect) -> None:
    answer = priced(order(("Unity Client", 2), ("Power User", 1)), book)
    assert [item.elsewhere for item in answer.items] == [True, False]
    trunk = OrderedItem(item_id="1", package="Unity Client", trunking=True)
    assert not priced(order(items=(trunk,)), book).items[0].elsewhere


def test_a_fee_comes_with_what_it_is_the_fee_of_and_rather_with_what_nobody_builds_by_hand(
    order: MakeOrder, book: PricesInEffect
) -> None:
    fees = ("Unity Client NRC", 1), ("Broadsoft Provisioning Fee", 1)
    answer = priced(order(*fees, ("Unity Client", 2)), book)
    assert [item.parent for item in answer.items] == ["3", "", ""]
    trunk = OrderedItem(item_id="1", package="Smart Record", trunking=True)
    hosted = OrderedItem(item_id="2", package="Smart Record")
    fee = OrderedItem(item_id="3", package="Smart Record NRC")
    assert [item.parent for item in priced(order(items=(trunk, hosted, fee)), book).items] == ["", "", "2"]
    assert priced(order(items=(trunk, fee)), book).items[1].parent == "1"


@pytest.mark.parametrize(
    ("seats", "numbers", "unused", "charged"),
    [(3, 0, 0, []), (3, 3, 0, []), (3, 4, 0, [1]), (3, 4, 1, []), (3, 9, 2, [4])],
)
def test_numbers_beyond_the_allowance_are_charged(
    order: MakeOrder, book: PricesInEffect, seats: int, numbers: int, unused: int, charged: list[int]
) -> None:
    answer = priced(order(("Power User", seats), numbers=numbers), book, unused)
    assert charged_numbers(answer) == charged
    assert answer.free_numbers == seats + unused


def test_extensions_and_services_bring_no_free_numbers(order: MakeOrder, book: PricesInEffect) -> None:
    answer = priced(order(("Standard Select Extensions", 5), ("Hunt Group", 2), numbers=1), book)
    assert (answer.free_numbers, charged_numbers(answer)) == (0, [1])


def test_numbers_alone_can_be_ordered(order: MakeOrder, book: PricesInEffect) -> None:
    (line, _) = priced(order(numbers=2), book).lines
    assert (line.item_id, line.package, str(line.unit_price)) == (NUMBERS_ITEM, NUMBER_PACKAGE, "1.15")


def test_the_answer_survives_the_wire(order: MakeOrder, book: PricesInEffect) -> None:
    answer = priced(order(("Basic Metered", 2), ("Shipping", 1), numbers=5), book)
    assert OrderPriced.parse(answer.encode()) == answer
    assert b'"amount":"16.89"' in answer.encode()
