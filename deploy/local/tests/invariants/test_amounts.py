"""The amount of a posting, recomputed from the line alone: the worked examples of the billing rules."""

from decimal import Decimal, localcontext

import pytest

from dialtone.invariants.rules.ledger import amount_of

from .made import a_posting, a_subscription

EXAMPLES = [
    (7, "18.50", 12, 30, "51.80"),
    (12, "2.35", 18, 28, "18.13"),
    (1, "4.35", 19, 30, "2.76"),
    (1, "6.15", 21, 30, "4.31"),
    (4, "21.40", 18, 31, "49.70"),
    (4, "21.40", 31, 31, "85.60"),
    (5, "16.25", 8, 30, "21.67"),
    (1, "75.00", None, None, "75.00"),
    (3, "0.00333333", None, None, "0.01"),
    (99_999, "9999999.99999999", 30, 31, "967732258064.52"),
]


@pytest.mark.parametrize(("quantity", "price", "days", "whole", "amount"), EXAMPLES)
def test_it_is_divided_last_and_rounded_once_away_from_zero(
    quantity: int, price: str, days: int | None, whole: int | None, amount: str
) -> None:
    facts = {"unit_price": Decimal(price), "days": days, "days_in_period": whole}
    line = a_posting(1, a_subscription(1, "hosted", "1"), "0", quantity=quantity, **facts)
    with localcontext(prec=3):
        assert amount_of(line) == Decimal(amount)
        assert amount_of(line._replace(quantity=-quantity)) == Decimal(f"-{amount}")
