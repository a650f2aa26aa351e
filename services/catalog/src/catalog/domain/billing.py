"""What is charged for what is delivered: its lines of the plan, from its day on.

Numbers beyond the free allowance are charged, and the allowance covers those delivered first. Nobody pays for more
numbers than were priced, nor for anything before it is delivered.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from catalog.domain.charges import Charge, charge_of
from catalog.domain.packages import NUMBER_PACKAGE
from catalog.domain.subscriptions import Subscription, subscribed
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


@dataclass(frozen=True, slots=True)
class Delivery:
    """Items by id, and how many numbers; `on` is the day, in the customer's zone, before which nothing is charged."""

    items: Collection[str] = ()
    numbers: int = 0
    on: date | None = None


def charged(plan: Plan, delivery: Delivery, numbers_before: int = 0) -> tuple[Subscription, ...]:
    """What a delivery brings to be charged, when so many of the order's numbers had come before.

    From the billing start, or from the delivery if that is later.
    """
    start = max(delivery.on, plan.billing_start) if delivery.on else plan.billing_start
    charges = (*_of_items(plan, delivery.items), *_of_numbers(plan, numbers_before, delivery.numbers))
    return tuple(subscribed(line, charge, start, delivery.on) for line, charge in charges)


def _of_items(plan: Plan, items: Collection[str]) -> Iterator[tuple[ChargeLine, Charge]]:
    for line in plan.lines:
        if line.first_period and line.package != NUMBER_PACKAGE and line.item_id in items:
            yield line, charge_of(line)


def _of_numbers(plan: Plan, before: int, arrived: int) -> Iterator[tuple[ChargeLine, Charge]]:
    planned, quantity = plan.number_line, _chargeable(plan, before + arrived) - _chargeable(plan, before)
    if planned is not None and quantity > 0:
        yield planned, charge_of(planned, quantity)


def _chargeable(plan: Plan, delivered: int) -> int:
    priced = plan.number_line.quantity if plan.number_line else 0
    return min(max(0, delivered - plan.free_numbers), priced)
