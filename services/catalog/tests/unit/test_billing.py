"""What is charged for what is delivered, and from when."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.billing import Delivery, Plan, charged
from catalog.domain.packages import NUMBER_PACKAGE
from catalog.domain.price_books import PricesInEffect
from catalog.domain.pricing import price_order
from catalog.sample import catalogue
from contracts.catalog import OrderPriced, PriceOrder

START = date(2027, 1, 18)
LATER = date(2027, 3, 10)


@pytest.fixture(scope="module")
def plan(order: Callable[..., PriceOrder], book: PricesInEffect) -> Plan:
    """Eight seats, a fee, and eleven numbers: three of them are charged."""
    whole = order(("Power User", 8), ("Broadsoft Provisioning Fee", 1), billing_start=START, numbers=11)
    answer = price_order(whole, catalogue(), book)
    assert isinstance(answer, OrderPriced)
    return Plan(answer.billing_start, answer.lines, answer.free_numbers)


def numbers_charged(plan: Plan, before: int, arrived: int) -> int:
    return sum(one.charge.quantity for one in charged(plan, Delivery(numbers=arrived), before))


def test_an_item_is_charged_when_it_is_delivered_and_no_other(plan: Plan) -> None:
    (seats,) = charged(plan, Delivery(("1",)))
    assert (seats.line, seats.charge.package, seats.charge.quantity, seats.from_date) == (1, "Power User", 8, START)
    (fee,) = charged(plan, Delivery(("2",)))
    assert (fee.line, fee.charge.kind) == (2, "NRC")
    assert charged(plan, Delivery(("3",))) == ()


@pytest.mark.parametrize(("delivered", "quantity"), [(0, 0), (8, 0), (9, 1), (11, 3), (14, 3)])
def test_the_allowance_covers_delivered_numbers_first_and_nobody_pays_for_more_than_priced(
    plan: Plan, delivered: int, quantity: int
) -> None:
    assert numbers_charged(plan, 0, delivered) == quantity


@pytest.mark.parametrize(("on", "since"), [(LATER, LATER), (date(2027, 1, 6), START), (START, START), (None, START)])
def test_nothing_is_charged_before_its_delivery_nor_before_the_billing_start(
    on: date | None, since: date, plan: Plan
) -> None:
    both = charged(plan, Delivery(("1",), 11, on))
    assert [(one.charge.package, one.from_date) for one in both] == [("Power User", since), (NUMBER_PACKAGE, since)]


def test_delivered_numbers_inside_the_allowance_cost_nothing(plan: Plan) -> None:
    assert (numbers_charged(plan, 4, 4), numbers_charged(plan, 4, 5)) == (0, 1)


def test_an_order_without_charged_numbers_never_pays_for_delivered_ones(plan: Plan) -> None:
    free = Plan(plan.billing_start, plan.lines[:2], plan.free_numbers)
    assert charged(free, Delivery(numbers=20)) == ()


@given(deliveries=st.lists(st.integers(0, 6), max_size=7))
def test_however_numbers_arrive_those_beyond_the_allowance_are_charged_once(plan: Plan, deliveries: list[int]) -> None:
    quantity = come = 0
    for arrived in deliveries:
        quantity += numbers_charged(plan, come, arrived)
        come += arrived
    assert quantity == min(max(0, come - 8), 3)
