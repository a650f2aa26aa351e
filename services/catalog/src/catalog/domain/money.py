"""Amounts in USD before tax: multiply exactly, divide last, round once."""

from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

# 34 digits keep every quotient apart from a tie; a context of our own, because the thread's may be anything.
_CONTEXT = Context(prec=34, rounding=ROUND_HALF_UP, traps=[InvalidOperation, DivisionByZero, Overflow])


def half_up(amount: Decimal) -> Decimal:
    """Round to cents, half away from zero: so the negative of an amount rounds to the negative of its rounding."""
    return _CONTEXT.quantize(amount, CENT)


def exact_amount(
    quantity: int, unit_price: Decimal, days: int | None = None, days_in_period: int | None = None
) -> Decimal:
    """Quantity * unit price * days / days in period, not rounded to cents.

    A full period (`days` equal to `days_in_period`, or both None) costs quantity * unit price without a division.
    """
    full = _CONTEXT.multiply(unit_price, quantity)
    if days is None or days_in_period is None or days == days_in_period:
        return full
    return _CONTEXT.divide(_CONTEXT.multiply(full, days), days_in_period)
