"""The worked examples of proration: each to the cent, with the dates and the exact amount before rounding."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from catalog.domain.charges import Charge, exact_of, line_of, preview
from catalog.domain.periods import periods_begun
from catalog.domain.price_books import PricesInEffect
from catalog.domain.pricing import price_order
from catalog.domain.reposting import Posted, corrected, moved
from catalog.domain.subscriptions import Subscription, due
from catalog.sample import catalogue
from contracts.catalog import ChargeLine, OrderPriced, PriceOrder

MakeCharge = Callable[[int, str], Charge]


def shares(line: ChargeLine) -> tuple[date, date | None, int | None, int | None, str]:
    return line.from_date, line.to_date, line.days, line.days_in_period, str(line.amount)


def test_example_1_seven_seats_from_the_middle_of_september(monthly: MakeCharge) -> None:
    plan = preview([monthly(7, "18.50")], date(2026, 9, 19))
    assert [shares(line) for line in plan.lines] == [
        (date(2026, 9, 19), date(2026, 10, 1), 12, 30, "51.80"),
        (date(2026, 10, 1), date(2026, 11, 1), 31, 31, "129.50"),
    ]
    assert exact_of(plan.lines[0]) == Decimal("51.80")
    assert str(plan.monthly) == "129.50"


def test_example_2_a_february_of_28_days(monthly: MakeCharge) -> None:
    stub = preview([monthly(12, "2.35")], date(2027, 2, 11)).lines[0]
    assert shares(stub) == (date(2027, 2, 11), date(2027, 3, 1), 18, 28, "18.13")
    assert str(exact_of(stub)).startswith("18.128571")


def test_example_3a_a_tie_is_lost_if_the_ratio_is_rounded_first(monthly: MakeCharge) -> None:
    stub = preview([monthly(1, "4.35")], date(2026, 9, 12)).lines[0]
    assert (stub.days, stub.days_in_period, exact_of(stub)) == (19, 30, Decimal("2.755"))
    assert str(stub.amount) == "2.76"


def test_example_3b_a_tie_rounds_away_from_zero_and_not_to_even(monthly: MakeCharge) -> None:
    stub = preview([monthly(1, "6.15")], date(2026, 9, 10)).lines[0]
    assert (stub.days, stub.days_in_period, exact_of(stub)) == (21, 30, Decimal("4.305"))
    assert str(stub.amount) == "4.31"


def test_example_4_anchor_31_comes_back_after_february(monthly: MakeCharge) -> None:
    start, charge = date(2027, 2, 10), monthly(4, "21.40")
    lines = [line_of(charge, 1, period, start) for period in periods_begun(start, date(2027, 5, 1), anchor=31)]
    assert [shares(line) for line in lines] == [
        (start, date(2027, 2, 28), 18, 31, "49.70"),
        (date(2027, 2, 28), date(2027, 3, 31), 31, 31, "85.60"),
        (date(2027, 3, 31), date(2027, 4, 30), 30, 30, "85.60"),
        (date(2027, 4, 30), date(2027, 5, 31), 31, 31, "85.60"),
    ]
    assert str(exact_of(lines[0])).startswith("49.703225")
    assert preview([charge], start, anchor=31).lines[0] == lines[0]


def test_example_5_a_start_moved_to_the_local_date_of_the_activation(monthly: MakeCharge) -> None:
    activated = datetime(2026, 11, 24, 5, 30, tzinfo=UTC)
    start = activated.astimezone(ZoneInfo("America/Los_Angeles")).date()
    assert start == date(2026, 11, 23)

    asked = date(2026, 11, 20)
    subscription, (before,) = due(Subscription(1, monthly(5, "16.25"), asked, asked), asked)
    correction = corrected(moved(subscription, start), [Posted(1, before)], (), start)
    ((_, credit),), (after,) = correction.back, correction.lines

    assert [(str(line.amount), line.days, line.days_in_period) for line in (before, credit, after)] == [
        ("29.79", 11, 30),
        ("-29.79", 11, 30),
        ("21.67", 8, 30),
    ]
    assert str(exact_of(before)).startswith("29.791666")
    assert str(exact_of(after)).startswith("21.666666")
    by_utc = preview([monthly(5, "16.25")], activated.date()).lines[0]
    assert str(by_utc.amount) == "18.96"


def test_example_6_a_whole_order(book: PricesInEffect, order: Callable[..., PriceOrder]) -> None:
    whole = order(
        ("Enterprise Standard", 6),
        ("Basic Metered", 2),
        ("Auto Attendant", 1),
        ("Voice Mail Add On", 4),
        ("Broadsoft Provisioning Fee", 1),
        billing_start=date(2027, 1, 18),
        numbers=11,
    )
    priced = price_order(whole, catalogue(), book)
    assert isinstance(priced, OrderPriced)
    first = [line for line in priced.lines if line.first_period]
    assert [(line.package, line.kind, line.quantity, str(line.amount)) for line in first] == [
        ("Enterprise Standard", "MRC", 6, "47.28"),
        ("Basic Metered", "MRC", 2, "8.45"),
        ("Auto Attendant", "MRC", 1, "3.05"),
        ("Voice Mail Add On", "MRC", 4, "4.25"),
        ("Broadsoft Provisioning Fee", "NRC", 1, "75.00"),
        ("Number beyond the allowance", "MRC", 3, "1.56"),
    ]
    assert {(line.days, line.days_in_period) for line in first if line.kind == "MRC"} == {(14, 31)}
    assert str(sum(line.amount for line in first if line.kind == "MRC")) == "64.59"
    assert str(sum(exact_of(line) for line in first)).startswith("139.580645")
    months = [str(line.amount) for line in priced.lines if not line.first_period]
    assert months == ["104.70", "18.70", "6.75", "9.40", "3.45"]
    assert (priced.free_numbers, str(priced.first_invoice), str(priced.monthly)) == (8, "139.59", "143.00")
    assert (priced.price_book, priced.currency) == ("sample-2026", "USD")
