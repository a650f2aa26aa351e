"""The billing of an order goes from planned to started or void, and an old run never touches a newer one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from catalog.domain.order_billing import (
    BillingHasStarted,
    BillingNotStarted,
    NothingPlanned,
    OrderBilling,
    deliver,
    planned,
    replaceable,
    start,
)
from catalog.domain.price_books import PricesInEffect
from catalog.domain.pricing import price_order
from catalog.sample import catalogue
from contracts.catalog import OrderPriced, PriceOrder, StartBilling


@pytest.fixture
def billing(order: Callable[..., PriceOrder], book: PricesInEffect) -> OrderBilling:
    """Run 2 of an order with one free number of four; billing starts on an anchor date."""
    wish = order(("Power User", 1), run=2, numbers=4, billing_start=date(2027, 2, 1))
    priced = price_order(wish, catalogue(), book)
    assert isinstance(priced, OrderPriced)
    return planned(wish, priced)


@pytest.mark.parametrize(("run", "answer"), [(1, False), (2, True), (3, True)])
def test_only_its_own_run_or_a_newer_one_replaces_a_plan(run: int, answer: bool, billing: OrderBilling) -> None:  # noqa: FBT001
    assert replaceable(billing, run) is answer
    assert replaceable(replace(billing, state="void"), run) is answer
    assert replaceable(None, run)


def test_a_started_billing_is_final_but_an_old_run_does_not_care(billing: OrderBilling) -> None:
    started = replace(billing, state="started")
    assert not replaceable(started, 1)
    with pytest.raises(BillingHasStarted, match="its charges are neither priced anew nor discarded"):
        replaceable(started, 2)


def test_a_start_counts_and_posts_what_was_delivered(billing: OrderBilling) -> None:
    started, lines = start(billing, StartBilling(order_id="o-1", run=2, numbers=2, backordered=2))
    assert [(line.package, line.quantity) for line in lines] == [("Power User", 1), ("Number beyond the allowance", 1)]
    assert (started.numbers_at_start, started.numbers_backordered, started.lines_at_start) == (2, 2, 2)
    assert start(started, StartBilling(order_id="o-1", run=2, numbers=4)) == (started, ())


@pytest.mark.parametrize("run", [1, 3])
def test_another_run_does_not_start_it(run: int, billing: OrderBilling) -> None:
    with pytest.raises(NothingPlanned):
        start(billing, StartBilling(order_id="o-1", run=run))


def test_deliveries_are_counted_in_total(billing: OrderBilling) -> None:
    started, _ = start(billing, StartBilling(order_id="o-1", run=2, numbers=2, backordered=2))
    once, first = deliver(started, 1, date(2027, 2, 10))
    again, nothing = deliver(once, 1, date(2027, 2, 12))
    last, second = deliver(again, 2, date(2027, 3, 1))
    assert [(line.line, line.quantity, line.from_date) for line in (*first, *nothing, *second)] == [
        (3, 1, date(2027, 2, 10)),
        (4, 1, date(2027, 3, 1)),
    ]
    assert (last.numbers_late, last.lines_late) == (2, 2)


def test_nothing_is_delivered_before_the_start(billing: OrderBilling) -> None:
    with pytest.raises(BillingNotStarted):
        deliver(billing, 1, date(2027, 2, 10))
