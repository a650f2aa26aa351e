"""Limits of plans are years of the calendar."""

from datetime import date

import pytest

from contracts.planning import latest_activation, latest_billing_start


@pytest.mark.parametrize(
    ("today", "billing", "activation"),
    [
        (date(2027, 3, 1), date(2029, 3, 1), date(2032, 3, 1)),
        (date(2026, 12, 31), date(2028, 12, 31), date(2031, 12, 31)),
        (date(2028, 2, 28), date(2030, 2, 28), date(2033, 2, 28)),
        (date(2028, 2, 29), date(2030, 2, 28), date(2033, 2, 28)),
        (date(2027, 2, 28), date(2029, 2, 28), date(2032, 2, 28)),
    ],
)
def test_the_same_day_years_later(today: date, billing: date, activation: date) -> None:
    assert (latest_billing_start(today), latest_activation(today)) == (billing, activation)
