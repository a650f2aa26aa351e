"""Charge lines: proration, rounding, credits, the preview."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, getcontext, localcontext

from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.charges import Charge, charges_of, credit_of, exact_of, line_of, preview, total
from catalog.domain.money import exact_amount, half_up
from catalog.domain.periods import Period, first_periods

PRICES = st.decimals(Decimal(0), Decimal(10_000), places=4)
DATES = st.dates(date(2024, 1, 1), date(2032, 12, 31))
ANCHORS = st.integers(1, 31)
QUANTITIES = st.integers(1, 10_000)


def test_a_one_time_charge_is_never_prorated_and_is_dated_on_the_billing_start() -> None:
    fee = Charge("1", "Broadsoft Provisioning Fee", "NRC", 2, Decimal("75.00"))
    (line,) = preview([fee], date(2027, 1, 18)).lines
    assert (line.from_date, line.to_date, line.days, str(line.amount)) == (date(2027, 1, 18), None, None, "150.00")


def test_usage_is_not_in_the_preview() -> None:
    plan = preview([Charge("1", "Basic Metered", "usage", 2, Decimal("0.0215"))], date(2027, 1, 18))
    assert (plan.lines, str(plan.first_invoice), str(plan.monthly)) == ((), "0.00", "0.00")


def test_a_start_on_the_first_of_a_month_bills_that_month_and_does_not_repeat_it(
    monthly: Callable[[int, str], Charge],
) -> None:
    plan = preview([monthly(3, "10.00")], date(2027, 2, 1))
    assert [(line.first_period, line.days, line.days_in_period) for line in plan.lines] == [(True, 28, 28)]
    assert plan.first_invoice == plan.monthly == Decimal("30.00")


def test_a_unit_price_may_have_more_than_two_decimals() -> None:
    assert half_up(exact_amount(3, Decimal("0.1150"))) == Decimal("0.35")


def test_lines_are_numbered_from_one_in_the_order_of_the_charges(monthly: Callable[[int, str], Charge]) -> None:
    charges = [monthly(1, "4.00"), Charge("2", "Shipping", "NRC", 1, Decimal(22)), monthly(2, "5.00")]
    plan = preview(charges, date(2027, 1, 18))
    assert [line.line for line in plan.lines] == [1, 2, 3, 4, 5]
    assert charges_of(plan.lines) == charges


def test_amounts_do_not_depend_on_the_decimal_context_of_the_thread(monthly: Callable[[int, str], Charge]) -> None:
    plain = preview([monthly(9999, "9999.9999")], date(2027, 1, 18))
    with localcontext() as context:
        context.prec = 6
        lines = preview([monthly(9999, "9999.9999")], date(2027, 1, 18)).lines
    assert lines == plain.lines
    assert getcontext().prec == 28


@given(start=DATES, anchor=ANCHORS, quantity=QUANTITIES, price=PRICES)
def test_a_prorated_line_never_exceeds_the_full_price(start: date, anchor: int, quantity: int, price: Decimal) -> None:
    line = preview([Charge("1", "Unity Client", "MRC", quantity, price)], start, anchor).lines[0]
    assert 0 <= line.amount <= half_up(quantity * price)


@given(start=DATES, anchor=ANCHORS, quantity=QUANTITIES, price=PRICES)
def test_a_credit_is_the_exact_negative_and_recomputable_like_any_line(
    start: date, anchor: int, quantity: int, price: Decimal
) -> None:
    line = preview([Charge("1", "Unity Client", "MRC", quantity, price)], start, anchor).lines[0]
    credit = credit_of(line, 9)
    assert credit.line == 9
    assert credit.amount == -line.amount
    assert half_up(exact_of(credit)) == credit.amount
    assert half_up(exact_of(line)) == line.amount


@given(start=DATES, anchor=ANCHORS, quantity=QUANTITIES, price=PRICES, cuts=st.sets(st.integers(1, 27), max_size=4))
def test_the_parts_of_a_split_period_sum_to_it_within_rounding(
    start: date, anchor: int, quantity: int, price: Decimal, cuts: set[int]
) -> None:
    _, whole = first_periods(start, anchor)
    days = [whole.from_date, *sorted(whole.from_date.fromordinal(whole.from_date.toordinal() + c) for c in cuts)]
    parts = [Period(a, b, whole.days_in_period) for a, b in zip(days, [*days[1:], whole.to_date], strict=True) if a < b]
    charge = Charge("1", "Unity Client", "MRC", quantity, price)
    lines = [line_of(charge, n, part, start) for n, part in enumerate(parts, 1)]
    assert abs(total(lines) - line_of(charge, 1, whole, start).amount) <= Decimal("0.005") * (len(parts) + 1)


@given(prices=st.lists(PRICES, max_size=6), start=DATES)
def test_totals_are_sums_of_rounded_lines(prices: list[Decimal], start: date) -> None:
    plan = preview([Charge(str(n), "Unity Client", "MRC", n, p) for n, p in enumerate(prices, 1)], start)
    assert plan.first_invoice == sum(line.amount for line in plan.lines if line.first_period)
    assert plan.monthly == sum(half_up(n * p) for n, p in enumerate(prices, 1))
