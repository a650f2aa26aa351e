"""Start billing: which planned lines are posted, and what numbers cost that are delivered later.

Numbers beyond the free allowance are charged, and the allowance covers those delivered first. Nobody pays for more
numbers than were priced, nor for a number before it is delivered.
"""

from dataclasses import dataclass
from datetime import date

from catalog.domain.charges import charge_of, charges_of, line_of, preview
from catalog.domain.money import exact_amount, half_up
from catalog.domain.packages import NUMBER_PACKAGE
from catalog.domain.periods import first_periods
from contracts.catalog import ChargeLine


@dataclass(frozen=True, slots=True)
class Plan:
    """The planned charges of a priced order. `free_numbers` is the allowance it was priced with."""

    billing_start: date
    lines: tuple[ChargeLine, ...]
    free_numbers: int = 0

    @property
    def number_line(self) -> ChargeLine | None:
        """The first period's line for numbers beyond the allowance, if more were ordered than are free."""
        return next((line for line in self.lines if line.first_period and line.package == NUMBER_PACKAGE), None)


def move_plan(plan: Plan, start: date, anchor: int = 1) -> Plan:
    """Another billing start before billing has begun: the plan is recomputed and replaced."""
    if start == plan.billing_start:
        return plan
    return Plan(start, preview(charges_of(plan.lines), start, anchor).lines, plan.free_numbers)


def lines_to_post(plan: Plan, delivered: int) -> tuple[ChargeLine, ...]:
    """The lines due on the billing start when `delivered` numbers have come; backordered ones are not among them.

    The lines keep their numbers of the plan.
    """
    planned, chargeable = plan.number_line, _chargeable(plan, delivered)
    lines = (line for line in plan.lines if line.first_period)
    if planned is None or chargeable == planned.quantity:
        return tuple(lines)
    due = [_for_quantity(planned, chargeable)] if chargeable else []
    return tuple(line for each in lines for line in (due if each is planned else [each]))


def lines_for_delivered(
    plan: Plan, before: int, arrived: int, delivered_on: date, next_line: int, *, anchor: int = 1
) -> tuple[ChargeLine, ...]:
    """The line, if any, for `arrived` backordered numbers when `before` of the order's numbers had come already.

    They are charged from their delivery, or from the billing start if that is later: its first period there, prorated.
    """
    quantity = _chargeable(plan, before + arrived) - _chargeable(plan, before)
    if plan.number_line is None or quantity <= 0:
        return ()
    start = max(delivered_on, plan.billing_start)
    stub, full = first_periods(start, anchor)
    return (line_of(charge_of(plan.number_line, quantity), next_line, stub or full, start),)


def _chargeable(plan: Plan, delivered: int) -> int:
    priced = plan.number_line.quantity if plan.number_line else 0
    return min(max(0, delivered - plan.free_numbers), priced)


def _for_quantity(line: ChargeLine, quantity: int) -> ChargeLine:
    amount = half_up(exact_amount(quantity, line.unit_price, line.days, line.days_in_period))
    return line.model_copy(update={"quantity": quantity, "amount": amount})
