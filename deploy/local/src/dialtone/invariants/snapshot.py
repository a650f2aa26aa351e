"""Everything that the invariants look at, at one time; plain data, and nothing is read from here on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from dialtone.invariants import catalog_rows, rows
from dialtone.invariants.broadworks import BroadWorks


@dataclass(slots=True)
class Snapshot:
    """`settled` are the orders that did not change while everything was read: only they are judged.

    `messages` are by service, `unread` records by group and topic. `published` are the charge lines on the topic, which
    holds none of before `published_since`.
    """

    taken_at: datetime
    orders: dict[str, rows.Order]
    settled: set[str]
    order_numbers: list[rows.OrderNumber] = field(default_factory=list)
    order_deliveries: list[rows.OrderDelivery] = field(default_factory=list)
    order_users: list[rows.OrderUser] = field(default_factory=list)
    order_items: list[rows.OrderItem] = field(default_factory=list)
    accounts: list[rows.Account] = field(default_factory=list)
    letters: list[rows.DeadLetter] = field(default_factory=list)
    acts: list[rows.Act] = field(default_factory=list)
    numbers: list[rows.Number] = field(default_factory=list)
    backorders: list[rows.Backorder] = field(default_factory=list)
    billing: list[catalog_rows.Billing] = field(default_factory=list)
    plans: list[catalog_rows.PlanLine] = field(default_factory=list)
    subscriptions: list[catalog_rows.Subscription] = field(default_factory=list)
    postings: list[catalog_rows.Posting] = field(default_factory=list)
    published: list[catalog_rows.PublishedLine] = field(default_factory=list)
    published_since: datetime | None = None
    tickets: list[rows.Ticket] = field(default_factory=list)
    ticket_acts: list[rows.TicketAct] = field(default_factory=list)
    effects: list[rows.Effect] = field(default_factory=list)
    uses: list[rows.Use] = field(default_factory=list)
    workplaces: list[rows.Workplace] = field(default_factory=list)
    messages: dict[str, list[rows.Message]] = field(default_factory=dict)
    unread: dict[tuple[str, str], int] = field(default_factory=dict)
    broadworks: BroadWorks = field(default_factory=BroadWorks)

    def judged(self) -> list[rows.Order]:
        return [self.orders[order_id] for order_id in sorted(self.settled)]

    def judged_order(self, order_id: str | None) -> rows.Order | None:
        """None for what is no order, or one that moved."""
        return self.orders.get(order_id) if order_id is not None and order_id in self.settled else None

    def moved(self, order_id: str) -> bool:
        """Whether it is an order that changed while everything was read."""
        return order_id in self.orders and order_id not in self.settled

    def forgotten(self, posting: catalog_rows.Posting) -> bool:
        """Was it posted before the broker began with nothing?"""
        return self.published_since is not None and posting.posted_at < self.published_since

    def living(self, order_id: str | None) -> bool:
        """Whether it is an order that may have something somewhere, settled or not."""
        order = self.orders.get(order_id or "")
        return order is not None and not order.undone


class OfOrder(Protocol):
    @property
    def order_id(self) -> str: ...


R = TypeVar("R", bound=OfOrder)


def by_order(found: Iterable[R]) -> Mapping[str, list[R]]:
    grouped: dict[str, list[R]] = {}
    for row in found:
        grouped.setdefault(row.order_id, []).append(row)
    return grouped
