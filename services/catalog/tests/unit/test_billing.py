"""What is posted when billing starts, and when backordered numbers come."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.billing import Plan, lines_for_delivered, lines_to_post, move_plan
from catalog.domain.packages import NUMBER_PACKAGE
from catalog.domain.price_books import PricesInEffect
from catalog.domain.pricing import price_order
from catalog.sample import catalogue
from contracts.catalog import OrderPriced, PriceOrder

START = date(2027, 1, 18)


@pytest.fixture(scope="module")
def plan(order: Callable[..., PriceOrder], book: PricesInEffect) -> Plan:
    """Eight seats, a fee, and eleven numbers: three of them are charged."""
    whole = order(("Power User", 8), ("Broadsoft Provisioning Fee", 1), billing_start=START, numbers=11)
    answer = price_order(whole, catalogue(), book)
    assert isinstance(answer, OrderPriced)
    return Plan(answer.billing_start, answer.lines, answer.free_numbers)


def charged(plan: Plan, delivered: int) -> int:
    return sum(line.quantity for line in lines_to_post(plan, delivered) if line.package == NUMBER_PACKAGE)


def test_the_lines_of_the_first_period_are_posted_and_not_those_of_the_full_month(plan: Plan) -> None:
    posted = lines_to_post(plan, 11)
    assert posted == tuple(line for line in plan.lines if line.first_period)
    assert [line.package for line in posted] == ["Power User", "Broadsoft Provisioning Fee", NUMBER_PACKAGE]


@pytest.mark.parametrize(("delivered", "quantity"), [(0, 0), (8, 0), (9, 1), (11, 3), (14, 3)])
def test_the_allowance_covers_delivered_numbers_first_and_nobody_pays_for_more_than_priced(
    plan: Plan, delivered: int, quantity: int
) -> None:
    assert charged(plan, delivered) == quantity


def test_a_line_for_fewer_numbers_is_prorated_like_the_planned_one(plan: Plan) -> None:
    line = lines_to_post(plan, 10)[-1]
    assert (line.line, line.quantity, line.days, line.days_in_period, str(line.amount)) == (3, 2, 14, 31, "1.04")


def test_numbers_delivered_later_are_charged_from_their_delivery(plan: Plan) -> None:
    (line,) = lines_for_delivered(plan, before=9, arrived=2, delivered_on=date(2027, 3, 10), next_line=6)
    assert (line.line, line.quantity, line.from_date, line.to_date) == (6, 2, date(2027, 3, 10), date(2027, 4, 1))
    assert (line.days, line.days_in_period, str(line.amount)) == (22, 31, "1.63")


def test_numbers_delivered_before_the_billing_start_are_charged_from_the_billing_start(plan: Plan) -> None:
    (line,) = lines_for_delivered(plan, before=9, arrived=2, delivered_on=date(2027, 1, 6), next_line=6)
    assert (line.from_date, line.days) == (START, 14)


def test_delivered_numbers_inside_the_allowance_cost_nothing(plan: Plan) -> None:
    assert lines_for_delivered(plan, 4, 4, date(2027, 3, 10), 6) == ()
    (line,) = lines_for_delivered(plan, 4, 5, date(2027, 3, 10), 6)
    assert line.quantity == 1


def test_an_order_without_charged_numbers_never_pays_for_delivered_ones(plan: Plan) -> None:
    free = Plan(plan.billing_start, plan.lines[:2], plan.free_numbers)
    assert lines_to_post(free, 20) == free.lines
    assert lines_for_delivered(free, 0, 20, START, 6) == ()


def test_before_billing_a_new_start_replaces_the_plan(plan: Plan) -> None:
    moved = move_plan(plan, date(2027, 2, 1))
    assert moved.billing_start == date(2027, 2, 1)
    assert [(line.package, line.quantity, str(line.amount)) for line in moved.lines] == [
        ("Power User", 8, "215.20"),
        ("Broadsoft Provisioning Fee", 1, "75.00"),
        (NUMBER_PACKAGE, 3, "3.45"),
    ]
    assert move_plan(moved, START) == plan
    assert move_plan(plan, START) is plan


@given(deliveries=st.lists(st.integers(1, 6), max_size=6), first=st.integers(0, 11))
def test_however_numbers_arrive_those_beyond_the_allowance_are_charged_once(
    plan: Plan, deliveries: list[int], first: int
) -> None:
    quantity, come = charged(plan, first), first
    for arrived in deliveries:
        quantity += sum(line.quantity for line in lines_for_delivered(plan, come, arrived, START, 9))
        come += arrived
    assert quantity == min(max(0, come - 8), 3)
