"""The billing of an order goes from planned to started or void, and an old run never touches a newer one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from catalog.domain.order_billing import (
    Billed,
    BillingHasStarted,
    BillingNotStarted,
    DeliveryOutOfTurn,
    NothingPlanned,
    OrderBilling,
    bill,
    deliver_numbers,
    planned,
    replaceable,
    replanned,
    start,
)
from catalog.domain.price_books import PricesInEffect
from catalog.domain.pricing import price_order
from catalog.sample import catalogue
from contracts.catalog import BillDelivered, OrderPriced, PriceOrder, StartBilling

NOW = datetime(2027, 2, 15, 12, tzinfo=UTC)


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


def test_a_start_counts_and_charges_what_was_delivered(billing: OrderBilling) -> None:
    billed = start(billing, StartBilling(order_id="o-1", run=2, numbers=2, backordered=2), NOW)
    charges = [(one.charge.package, one.charge.quantity) for one, _ in billed.charges]
    assert charges == [("Power User", 1), ("Number beyond the allowance", 1)]
    started = billed.billing
    assert (billed.starts, started.state, started.numbers_at_start, started.lines_at_start) == (True, "started", 2, 2)
    assert (started.numbers_backordered, str(started.posted)) == (2, "28.05")
    assert start(started, StartBilling(order_id="o-1", run=2, numbers=4), NOW) == Billed(started)


@pytest.mark.parametrize("run", [1, 3])
def test_another_run_does_not_start_it(run: int, billing: OrderBilling) -> None:
    with pytest.raises(NothingPlanned):
        start(billing, StartBilling(order_id="o-1", run=run), NOW)
    with pytest.raises(NothingPlanned):
        bill(billing, BillDelivered(order_id="o-1", run=run, delivery=0), NOW)


def test_numbers_are_counted_in_total(billing: OrderBilling) -> None:
    started = start(billing, StartBilling(order_id="o-1", run=2, numbers=2, backordered=2), NOW).billing
    once = deliver_numbers(started, 1, date(2027, 2, 10), NOW)
    again = deliver_numbers(once.billing, 1, date(2027, 2, 12), NOW)
    last = deliver_numbers(again.billing, 2, date(2027, 2, 14), NOW)
    dated = [(one.charge.quantity, one.from_date) for billed in (once, again, last) for one, _ in billed.charges]
    assert dated == [(1, date(2027, 2, 10)), (1, date(2027, 2, 14))]
    assert (last.billing.numbers_late, last.billing.lines_late) == (2, 2)


def test_nothing_is_delivered_before_the_start(billing: OrderBilling) -> None:
    with pytest.raises(BillingNotStarted):
        deliver_numbers(billing, 1, date(2027, 2, 10), NOW)


def test_deliveries_are_billed_by_their_number_and_each_once(billing: OrderBilling) -> None:
    first = bill(billing, BillDelivered(order_id="o-1", run=2, delivery=0, numbers=2), NOW)
    assert (first.starts, [one.charge.quantity for one, _ in first.charges]) == (True, [1])
    wish = BillDelivered(order_id="o-1", run=2, delivery=1, items=("1",), numbers=1, on=date(2027, 2, 10))
    second = bill(first.billing, wish, NOW)
    assert not second.starts
    assert [(one.charge.package, one.from_date) for one, _ in second.charges] == [
        ("Power User", date(2027, 2, 10)),
        ("Number beyond the allowance", date(2027, 2, 10)),
    ]
    assert bill(second.billing, wish, NOW) == Billed(second.billing)
    assert (second.billing.deliveries, second.billing.numbers_at_start, second.billing.numbers_late) == (2, 2, 1)
    with pytest.raises(DeliveryOutOfTurn):
        bill(second.billing, BillDelivered(order_id="o-1", run=2, delivery=3), NOW)


def test_what_is_not_due_yet_is_charged_and_not_posted(billing: OrderBilling) -> None:
    early = start(billing, StartBilling(order_id="o-1", run=2, numbers=2), datetime(2027, 1, 31, 12, tzinfo=UTC))
    assert (len(early.charges), early.lines, str(early.billing.posted)) == (2, (), "0.00")


def test_the_day_is_that_of_the_customer(billing: OrderBilling) -> None:
    midnight = datetime(2027, 2, 1, 5, tzinfo=UTC)
    wish = StartBilling(order_id="o-1", run=2)
    assert len(start(billing, wish, midnight).lines) == 1
    assert start(billing, wish, midnight - timedelta(seconds=1)).lines == ()


def test_from_another_start_the_same_is_charged(billing: OrderBilling) -> None:
    moved = replanned(billing, date(2027, 2, 10))
    assert (moved.priced.billing_start, moved.run) == (date(2027, 2, 10), 2)
    assert [(line.package, line.quantity, line.from_date, str(line.amount)) for line in moved.priced.lines][:2] == [
        ("Power User", 1, date(2027, 2, 10), "18.25"),
        ("Number beyond the allowance", 3, date(2027, 2, 10), "2.34"),
    ]
    assert str(moved.priced.first_invoice) == "20.59"
    assert moved.priced.monthly == billing.priced.monthly
    assert replanned(moved, date(2027, 2, 1)).priced == billing.priced


@pytest.mark.parametrize(
    ("start", "since"), [(date(2027, 2, 1), date(2027, 2, 15)), (date(2027, 3, 4), date(2027, 3, 4))]
)
def test_what_is_billed_from_its_activation_begins_on_the_later_of_two_days(
    start: date, since: date, billing: OrderBilling
) -> None:
    asked = replanned(billing, start)
    later = replace(asked, priced=asked.priced.model_copy(update={"billed_from": "activation"}))
    stands = bill(later, BillDelivered(order_id="o-1", run=2, delivery=0, items=("1",), numbers=2), NOW)
    assert {one.from_date for one, _ in stands.charges} == {since}
    came = BillDelivered(order_id="o-1", run=2, delivery=1, numbers=1, on=date(2027, 2, 10))
    assert [one.from_date for one, _ in bill(stands.billing, came, NOW).charges] == [max(start, date(2027, 2, 10))]
