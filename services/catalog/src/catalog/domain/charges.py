"""Charge lines: what a charge costs from a billing start on, and the preview of the first invoice.

Monthly charges (MRC) are due in advance and prorated by days in the leading stub; one-time charges (NRC) are never
prorated and dated on the billing start; usage is rated per unit later and makes no line here. Every line is rounded,
and a total is the sum of rounded lines.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from catalog.domain.money import exact_amount, half_up, negative, summed
from catalog.domain.periods import Period, first_periods
from contracts.catalog import ChargeKind, ChargeLine


class Charge(NamedTuple):
    """What is charged, before it has dates, at the price of which version. `quantity` is negative in a credit."""

    item_id: str
    package: str
    kind: ChargeKind
    quantity: int
    unit_price: Decimal
    price_book: str = ""  # as in plans of before there were two


@dataclass(frozen=True, slots=True)
class Preview:
    """Lines of the first invoice, then those of the first full month; totals in USD before tax.

    If billing starts on an anchor date the first period is the full month, and its lines are not repeated.
    """

    lines: tuple[ChargeLine, ...]
    first_invoice: Decimal
    monthly: Decimal


def preview(charges: Sequence[Charge], start: date, anchor: int = 1) -> Preview:
    """The stub (or first full period) and the one-time lines in the order of `charges`, then the first full month."""
    stub, full = first_periods(start, anchor)
    first = stub or full
    lines = [
        line_of(charge, number, None if charge.kind == "NRC" else first, start)
        for number, charge in enumerate((c for c in charges if c.kind != "usage"), 1)
    ]
    first_invoice = total(lines)
    month = [charge for charge in charges if charge.kind == "MRC"]
    if stub is None:
        return Preview(tuple(lines), first_invoice, total(line for line in lines if line.kind == "MRC"))
    months = [
        line_of(charge, number, full, full.from_date, first_period=False)
        for number, charge in enumerate(month, len(lines) + 1)
    ]
    return Preview((*lines, *months), first_invoice, total(months))


def line_of(charge: Charge, line: int, period: Period | None, on: date, *, first_period: bool = True) -> ChargeLine:
    """The line of a charge for a period, or, without a period, for a one-time charge dated `on`."""
    days, whole = (period.days, period.days_in_period) if period else (None, None)
    return ChargeLine(
        line=line,
        item_id=charge.item_id,
        package=charge.package,
        kind=charge.kind,
        quantity=charge.quantity,
        unit_price=charge.unit_price,
        price_book=charge.price_book,
        from_date=period.from_date if period else on,
        to_date=period.to_date if period else None,
        days=days,
        days_in_period=whole,
        amount=half_up(exact_amount(charge.quantity, charge.unit_price, days, whole)),
        first_period=first_period,
    )


def charge_of(line: ChargeLine, quantity: int | None = None) -> Charge:
    """The charge behind a line, for another quantity if one is given."""
    return Charge(
        line.item_id,
        line.package,
        line.kind,
        line.quantity if quantity is None else quantity,
        line.unit_price,
        line.price_book,
    )


def charges_of(lines: Iterable[ChargeLine]) -> list[Charge]:
    """The charges behind planned lines, each once: those of the first full month repeat the first period's."""
    return [charge_of(line) for line in lines if line.first_period]


def exact_of(line: ChargeLine) -> Decimal:
    """The amount of a line before rounding, recomputed from the line alone: for audits."""
    return exact_amount(line.quantity, line.unit_price, line.days, line.days_in_period)


def credit_of(line: ChargeLine, number: int) -> ChargeLine:
    """The exact negative of a line: its quantity and its amount change sign, everything else stays."""
    return line.model_copy(update={"line": number, "quantity": -line.quantity, "amount": negative(line.amount)})


def total(lines: Iterable[ChargeLine]) -> Decimal:
    """The sum of amounts that were rounded line by line (telecom rule: an invoice adds what it shows)."""
    return summed(line.amount for line in lines)
