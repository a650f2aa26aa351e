"""Amounts in USD before tax: multiply exactly, divide last, round once; and what is a price."""

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Context, Decimal, DivisionByZero, InvalidOperation, Overflow

from contracts.echo import quoted

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
HIGHEST_PRICE = Decimal(10_000_000)
DECIMALS = 8  # of a unit price at most: a second of a call may cost less than a cent
PRICE = re.compile(rf"[0-9]{{1,8}}(?:\.[0-9]{{1,{DECIMALS}}})?")

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


def summed(amounts: Iterable[Decimal]) -> Decimal:
    """Exactly, whatever the thread's own context is."""
    total = ZERO
    for amount in amounts:
        total = _CONTEXT.add(total, amount)
    return total


def negative(amount: Decimal) -> Decimal:
    """Exactly; of nothing, nothing."""
    return _CONTEXT.minus(amount)


def price_of(text: str) -> Decimal:
    """A unit price as people write it: digits, with a full stop before its decimals. Raises ValueError."""
    if not PRICE.fullmatch(text) or (price := Decimal(text)) > HIGHEST_PRICE:
        raise ValueError(
            f"{quoted(text)} is no unit price: write an amount from 0 to {HIGHEST_PRICE} in USD with at most {DECIMALS}"
            " decimals, such as 9.35"
        )
    return price
