"""The billing of an order: planned when it is priced, started once after the pivot, or void."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from catalog.domain.billing import Plan, lines_for_delivered, lines_to_post
from chassis.errors import Permanent
from contracts.catalog import ChargeLine, OrderPriced, PriceOrder, StartBilling

State = Literal["planned", "started", "void"]
Lines = tuple[ChargeLine, ...]


class NothingPlanned(Permanent):
    """The order has no planned charges of this run."""

    code = "nothing-planned"


class BillingHasStarted(Permanent):
    """Billing of the order has started: its charges are neither priced anew nor discarded."""

    code = "billing-has-started"


class BillingNotStarted(Permanent):
    """Billing of the order has not started, so nothing is billed on delivery."""

    code = "billing-not-started"


@dataclass(frozen=True, slots=True)
class OrderBilling:
    """`priced` is the frozen answer of the run that was priced last. Counts of numbers are of delivered ones.

    `numbers_late` and `lines_late` are those that came, and were posted, after billing had started.
    """

    partner_id: str
    customer_id: str
    time_zone: str
    priced: OrderPriced
    state: State = "planned"
    numbers_at_start: int = 0
    numbers_backordered: int = 0
    numbers_late: int = 0
    lines_at_start: int = 0
    lines_late: int = 0

    @property
    def order_id(self) -> str:
        return self.priced.order_id

    @property
    def run(self) -> int:
        """The run whose plan this is; an older one never touches it."""
        return self.priced.run

    @property
    def plan(self) -> Plan:
        """What is posted when billing starts, from the day that was priced."""
        return Plan(self.priced.billing_start, self.priced.lines, self.priced.free_numbers)


def planned(order: PriceOrder, priced: OrderPriced) -> OrderBilling:
    """Nothing is posted yet."""
    return OrderBilling(order.partner_id, order.customer_id, order.time_zone, priced)


def replaceable(known: OrderBilling | None, run: int) -> bool:
    """Whether a run may plan the order, or take its plan back: an old run never touches what a newer one planned.

    Raises BillingHasStarted.
    """
    if known is None or known.run > run:
        return known is None
    if known.state == "started":
        raise BillingHasStarted(f"Order {known.order_id}, run {known.run}.")
    return True


def start(known: OrderBilling | None, command: StartBilling) -> tuple[OrderBilling, Lines]:
    """The billing as it stands after the start, and the lines to post now: none if it had started before.

    Raises NothingPlanned.
    """
    if known is None or known.run != command.run or known.state == "void":
        raise NothingPlanned(f"Order {command.order_id}, run {command.run}.")
    if known.state == "started":
        return known, ()
    lines = lines_to_post(known.plan, command.numbers)
    started = replace(
        known,
        state="started",
        numbers_at_start=command.numbers,
        numbers_backordered=command.backordered,
        lines_at_start=len(lines),
    )
    return started, lines


def deliver(known: OrderBilling, numbers: int, delivered_on: date) -> tuple[OrderBilling, Lines]:
    """`numbers` counts every backordered number that has come so far, so a repeat brings nothing new.

    Raises BillingNotStarted.
    """
    if known.state != "started":
        raise BillingNotStarted(f"Order {known.order_id}, run {known.run}.")
    arrived = max(0, numbers - known.numbers_late)
    before = known.numbers_at_start + known.numbers_late
    next_line = len(known.priced.lines) + known.lines_late + 1
    lines = lines_for_delivered(known.plan, before, arrived, delivered_on, next_line)
    return replace(known, numbers_late=known.numbers_late + arrived, lines_late=known.lines_late + len(lines)), lines
