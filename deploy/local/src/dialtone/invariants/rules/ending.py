"""Invariant 5: who does not go on says why, orders and messages alike."""

from collections.abc import Iterator
from datetime import timedelta

from dialtone.invariants.rows import TICKET_ENDED, Order
from dialtone.invariants.snapshot import Snapshot, by_order

LONG = timedelta(minutes=1)  # for what is looked at every second or so


def orders_end_or_wait(at: Snapshot) -> Iterator[str]:
    open_letters = {one.order_id for one in at.letters if one.state == "open" and one.kind == "order"}
    for order in at.judged():
        order_id, state = order.order_id, order.state
        if order.ended:
            continue
        if order.undone and order_id not in open_letters:
            yield f"{order_id} is held after its undo and no dead letter waits for an operator"
        elif _waits(order) and not order.reason:
            yield f"{order_id} is {state}, waits, and does not say for what"
        elif order.due is None and not order.reason:
            yield f"{order_id} is {state}, waits for nothing and is due never"
        elif order.due is not None and order.due < at.taken_at - LONG:
            yield f"{order_id} is {state}, was due at {order.due} and nobody has looked"


def _waits(order: Order) -> bool:
    """For an operator, for the portal or the time, for people or stock."""
    return order.phase == "stuck" or order.state in ("held", "pending") or bool(order.asked)


def tickets_end_with_their_order(at: Snapshot) -> Iterator[str]:
    tickets = by_order(at.tickets)
    for order in at.judged():
        if order.ended or order.undone:
            left = [one.kind for one in tickets.get(order.order_id, ()) if one.state not in TICKET_ENDED]
            if left:
                yield f"{order.order_id} is {order.state} and has open tickets: {', '.join(left)}"


def messages_wait_for_a_cause(at: Snapshot) -> Iterator[str]:
    for service, messages in at.messages.items():
        for message in messages:
            if message.place == "waiting" and not message.cause:
                yield f"{service} lets {message.topic} of {message.key} wait and does not say why"


def records_are_read(at: Snapshot) -> Iterator[str]:
    for (group, topic), lag in at.unread.items():
        if lag > 0:
            yield f"{group} has not read {lag} records of {topic}"


def what_cannot_be_sent_waits_for_an_operator(at: Snapshot) -> Iterator[str]:
    """A message that was set aside is named by an open dead letter: the cause of the row says which."""
    named = {f"unsendable {one.dl_id}" for one in at.letters if one.state == "open"}
    for service, messages in at.messages.items():
        for message in messages:
            old = message.since < at.taken_at - LONG
            if message.place == "unsendable" and old and message.cause not in named:
                yield f"{service} has set aside {message.topic} of {message.key}, and no dead letter says so"


def messages_are_sent(at: Snapshot) -> Iterator[str]:
    """One of an order that changed meanwhile may be a later one of many."""
    moved = at.orders.keys() - at.settled
    for service, messages in at.messages.items():
        for message in messages:
            old = message.since < at.taken_at - LONG
            if message.place == "outbox" and old and message.key not in moved:
                yield f"{service} has not sent {message.topic} of {message.key} since {message.since}"
