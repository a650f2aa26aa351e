"""The billing of an order: planned when it is priced, started once after the pivot, or void."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from zoneinfo import ZoneInfo

from catalog.domain.allowances import Share
from catalog.domain.billing import Delivery, Plan, charged
from catalog.domain.charges import charges_of, preview, total
from catalog.domain.money import ZERO, summed
from catalog.domain.subscriptions import Subscription, due
from chassis.errors import Permanent
from contracts.catalog import BillDelivered, ChargeLine, OrderPriced, PriceOrder, StartBilling

State = Literal["planned", "started", "void"]
Lines = tuple[ChargeLine, ...]
Charges = tuple[tuple[Subscription, Lines], ...]


class NothingPlanned(Permanent):
    """The order has no planned charges of this run."""

    code = "nothing-planned"


class BillingHasStarted(Permanent):
    """Billing of the order has started: its charges are neither priced anew nor discarded."""

    code = "billing-has-started"


class BillingNotStarted(Permanent):
    """Billing of the order has not started, so nothing is billed on delivery."""

    code = "billing-not-started"


class DeliveryOutOfTurn(Permanent):
    """Deliveries are billed one after another, by their number."""

    code = "delivery-out-of-turn"


@dataclass(frozen=True, slots=True)
class OrderBilling:
    """`priced` is the frozen answer of the run that was priced last. Counts of numbers are of delivered ones.

    `numbers_late` and `lines_late` are those that came, and were posted, after billing had started. `posted` is the sum
    of what was posted when it was delivered, and `deliveries` how many were billed by their number. Of the customer's
    free numbers so many were taken, and so many are left to it when the order is delivered.
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
    deliveries: int = 0
    posted: Decimal = ZERO
    free_numbers_taken: int = 0
    free_numbers_left: int = 0

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


def planned(order: PriceOrder, priced: OrderPriced, share: Share = Share()) -> OrderBilling:  # noqa: B008  it is frozen
    """Nothing is posted yet."""
    plan = OrderBilling(order.partner_id, order.customer_id, order.time_zone, priced)
    return replace(plan, free_numbers_taken=share.taken, free_numbers_left=share.left)


def replanned(known: OrderBilling, start: date) -> OrderBilling:
    """The same charges from another billing start."""
    moved = preview(charges_of(known.priced.lines), start)
    plan = {"lines": moved.lines, "first_invoice": moved.first_invoice, "monthly": moved.monthly}
    return replace(known, priced=known.priced.model_copy(update={"billing_start": start, **plan}))


def replaceable(known: OrderBilling | None, run: int) -> bool:
    """Whether a run may plan the order, or take its plan back: an old run never touches what a newer one planned.

    Raises BillingHasStarted.
    """
    if known is None or known.run > run:
        return known is None
    if known.state == "started":
        raise BillingHasStarted(f"Order {known.order_id}, run {known.run}.")
    return True


@dataclass(frozen=True, slots=True)
class Billed:
    """The billing as it stands after a delivery, and what is charged for that: each with the lines that are due."""

    billing: OrderBilling
    charges: Charges = ()
    starts: bool = False

    @property
    def lines(self) -> Lines:
        return tuple(line for _, lines in self.charges for line in lines)


def start(known: OrderBilling | None, command: StartBilling, now: datetime) -> Billed:
    """Everything of the order is delivered but what is backordered. `now` is business time; a repeat charges nothing.

    Raises NothingPlanned.
    """
    billing = _planned(known, command.order_id, command.run)
    if billing.state == "started":
        return Billed(billing)
    items = {item.item_id for item in billing.priced.items}
    counted = replace(billing, numbers_backordered=command.backordered)
    return _billed(counted, Delivery(items, command.numbers), now)


def deliver_numbers(known: OrderBilling, numbers: int, on: date, now: datetime) -> Billed:
    """`numbers` counts every backordered number that has come so far, so a repeat brings nothing new.

    Raises BillingNotStarted.
    """
    if known.state != "started":
        raise BillingNotStarted(f"Order {known.order_id}, run {known.run}.")
    return _billed(known, Delivery((), max(0, numbers - known.numbers_late), on), now)


def bill(known: OrderBilling | None, command: BillDelivered, now: datetime) -> Billed:
    """One delivery of an order; one that was billed by its number charges nothing.

    Raises NothingPlanned, and DeliveryOutOfTurn when one before it is missing.
    """
    billing = _planned(known, command.order_id, command.run)
    if command.delivery < billing.deliveries:
        return Billed(billing)
    if command.delivery > billing.deliveries:
        raise DeliveryOutOfTurn(f"Delivery {command.delivery} of order {command.order_id}, of {billing.deliveries}.")
    counted = replace(billing, deliveries=billing.deliveries + 1)
    return _billed(counted, Delivery(command.items, command.numbers, command.on), now)


def _planned(known: OrderBilling | None, order_id: str, run: int) -> OrderBilling:
    if known is None or known.run != run or known.state == "void":
        raise NothingPlanned(f"Order {order_id}, run {run}.")
    return known


def _billed(before: OrderBilling, delivery: Delivery, now: datetime) -> Billed:
    today = now.astimezone(ZoneInfo(before.time_zone)).date()
    if before.priced.billed_from == "activation" and delivery.on is None:
        delivery = replace(delivery, on=today)  # what stands at the pivot stands today
    wanted = charged(before.plan, delivery, before.numbers_at_start + before.numbers_late)
    charges = tuple(due(one, today) for one in wanted)
    lines = [line for _, its in charges for line in its]
    after = replace(before, state="started", posted=summed([before.posted, total(lines)]))
    if before.state == "started":
        numbers, count = before.numbers_late + delivery.numbers, before.lines_late + len(lines)
        return Billed(replace(after, numbers_late=numbers, lines_late=count), charges)
    after = replace(after, numbers_at_start=delivery.numbers, lines_at_start=len(lines))
    return Billed(after, charges, starts=True)
