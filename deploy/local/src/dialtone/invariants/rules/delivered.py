"""What is delivered, and since when: by the pivot, or by people, who say so in the proof of a ticket."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from dialtone.invariants.rows import Order, OrderItem, Ticket
from dialtone.invariants.snapshot import Snapshot

AT_PIVOT = date.min  # before any billing start, so that this is what counts
Place = tuple[str, str]  # an item of an order
Work = tuple[str, str, str]  # of an order, the kind of its ticket, and the item


class Item(NamedTuple):
    """An item of an order past its pivot; `day` is that of its delivery, None while there is none."""

    order: Order
    item: OrderItem
    by_people: bool
    day: date | None

    @property
    def place(self) -> Place:
        return self.item.order_id, self.item.item_id


def proofs(at: Snapshot) -> Mapping[Work, date]:
    """When what people built was activated."""
    return {
        (one.order_id, one.kind, one.item_id): one.activated_on
        for one in at.tickets
        if one.proven and one.activated_on and _is_of_this_run(at, one)
    }


def _is_of_this_run(at: Snapshot, ticket: Ticket) -> bool:
    """What was built for an earlier run proves nothing; earlier releases, of version 1, did not always ask anew."""
    order = at.orders.get(ticket.order_id)
    return order is None or not order.billed_by_delivery or ticket.run == order.run


def first_trunks(at: Snapshot) -> Mapping[str, date]:
    """By order, when the first trunk was activated: its numbers are delivered with it."""
    first: dict[str, date] = {}
    for (order_id, kind, _), day in proofs(at).items():
        if kind == "trunking":
            first[order_id] = min(day, first.get(order_id, day))
    return first


def work_of(item: OrderItem) -> Work | None:
    """Whose proof delivers it; None for what people do not build."""
    if item.elsewhere:
        return item.order_id, "setup", ""
    return (item.order_id, "trunking", item.item_id) if item.trunking else None


def items(at: Snapshot) -> Iterator[Item]:
    """Of all judged orders. A fee is delivered with its parent, and what people build only by their proof."""
    proven, known = proofs(at), {(one.order_id, one.item_id): one for one in at.order_items}
    for item in at.order_items:
        order = at.judged_order(item.order_id)
        if order is not None and order.past_pivot:
            work = work_of(known.get((item.order_id, item.parent), item))
            yield Item(order, item, work is not None, AT_PIVOT if work is None else proven.get(work))
