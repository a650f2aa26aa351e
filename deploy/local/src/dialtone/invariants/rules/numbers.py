"""Invariant 1: who has which number, by the inventory and by the orders' own account."""

from collections import Counter
from collections.abc import Iterator

from dialtone.invariants.rules.delivered import first_trunks
from dialtone.invariants.snapshot import Snapshot, by_order

TAKEN = ("held", "reserved", "assigned")


def owners_may_have_them(at: Snapshot) -> Iterator[str]:
    """The schema allows one owner per number; here: the owner is an order that may have it, as it has it."""
    for row in at.numbers:
        if row.status in TAKEN and row.order_id not in at.orders:
            yield f"{row.number} is {row.status} for {row.order_id}, which is no order"
        order = at.judged_order(row.order_id)
        if order is None:
            continue
        if order.undone:
            yield f"{row.number} is {row.status} for {order.order_id}, undone and {order.state}"
        elif order.succeeded and row.status != "assigned":
            yield f"{row.number} is {row.status} for {order.order_id}, which is {order.state}"


def orders_do_not_share_them(at: Snapshot) -> Iterator[str]:
    """By the orders' own account."""
    given = by_order(at.order_numbers)
    held = Counter(
        number
        for order in at.judged()
        if not order.undone
        for number in {row.number for row in given.get(order.order_id, ())}
    )
    for number, count in sorted(held.items()):
        if count > 1:
            yield f"{number} is held by {count} orders"


def orders_keep_them(at: Snapshot) -> Iterator[str]:
    """From the pivot on: what was reserved, or came to a backorder, by then stays."""
    owner = {row.number: row.order_id for row in at.numbers}
    given = by_order(at.order_numbers)
    for order in at.judged():
        if order.succeeded or order.standing:
            numbers = {row.number for row in given.get(order.order_id, ())}
            lost = sorted(number for number in numbers if owner.get(number) != order.order_id)
            if lost:
                yield f"{order.order_id} is {order.state} and has lost {', '.join(lost)}"


def trunk_numbers_wait_for_their_trunk(at: Snapshot) -> Iterator[str]:
    """They stay reserved until the first trunk of their order is proven; by version 1 until the pivot."""
    proven = first_trunks(at)
    for row in at.numbers:
        order = at.judged_order(row.order_id)
        if order is None or not order.billed_by_delivery or order.order_id in proven:
            continue
        if row.trunking and row.status == "assigned":
            yield f"{row.number} is assigned to {order.order_id}, of which no trunk is proven"


def undone_orders_wait_for_none(at: Snapshot) -> Iterator[str]:
    """What stands in the queue of an order that is undone would be reserved for it when stock comes."""
    for row in at.backorders:
        order = at.judged_order(row.order_id)
        if order and order.undone and row.missing and not row.cancelled:
            yield f"{order.order_id} ({order.state}) still waits for {row.missing} numbers"
