"""Invariant 8: every item that is completed has its effect, by the order's account, the ledger and BroadWorks."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from dialtone.invariants.rows import Effect, Order, OrderItem, OrderUser
from dialtone.invariants.rules.delivered import proofs
from dialtone.invariants.rules.leftovers import ADD_USER
from dialtone.invariants.snapshot import Snapshot, by_order


def completed_items(at: Snapshot) -> Iterator[tuple[Order, list[OrderItem]]]:
    """Of every order that is judged and has any."""
    items = by_order(item for item in at.order_items if item.state == "completed")
    for order in at.judged():
        if order.order_id in items:
            yield order, items[order.order_id]


def orders_are_complete(at: Snapshot) -> Iterator[str]:
    """A partial order may have items that failed, a completed one may not; neither waits for numbers."""
    items, backorders = by_order(at.order_items), by_order(at.backorders)
    for order in at.judged():
        if not order.succeeded:
            continue
        states = ("completed",) if order.state == "completed" else ("completed", "failed", "cancelled")
        for item in items.get(order.order_id, ()):
            if item.state not in states:
                yield f"{order.order_id} is {order.state} and its item {item.item_id} is {item.state}"
        missing = sum(row.missing for row in backorders.get(order.order_id, ()) if not row.cancelled)
        if missing:
            yield f"{order.order_id} is {order.state} and {missing} of its numbers never came"


class Seat(NamedTuple):
    """A user that an order has built, and the package that it was built for."""

    order_id: str
    service_provider_id: str | None
    group_id: str | None
    user_id: str | None
    package: str | None


def seats_have_users(at: Snapshot) -> Iterator[str]:
    account = {_seat(user) for user in at.order_users}
    ledger = {_seat(one) for one in at.effects if one.command == ADD_USER and one.state == "done"}
    there = {seat for seat in account | ledger if _has_pack(at, seat)}
    counts = {
        who: _per_package(seats) for who, seats in (("it", account), ("its ledger", ledger), ("BroadWorks", there))
    }
    for order, items in completed_items(at):
        seats: Counter[str] = Counter()
        for item in items:
            seats[item.package] += item.seats
        for package, promised in (+seats).items():
            for who, users in counts.items():
                count = users[order.order_id, package]
                if count != promised:
                    yield f"{order.order_id} promised {promised} seats {package}, and {who} has {count} users"


def _seat(of: OrderUser | Effect) -> Seat:
    return Seat(of.order_id, of.service_provider_id, of.group_id, of.user_id, of.package)


def _per_package(seats: Iterable[Seat]) -> Counter[tuple[str, str | None]]:
    return Counter((seat.order_id, seat.package) for seat in seats)


def _has_pack(at: Snapshot, seat: Seat) -> bool:
    group = at.broadworks.group(seat.service_provider_id, seat.group_id)
    found = group.users.get(seat.user_id or "") if group else None
    return found is not None and seat.package in found.packs


def numbers_are_on_seats(at: Snapshot) -> Iterator[str]:
    """An item is completed when its billing has started, and its numbers may then be on the way from reserved."""
    owner = {row.number: (row.order_id, row.status) for row in at.numbers}
    users = by_order(user for user in at.order_users if user.number)
    for order, _ in completed_items(at):
        states = ("assigned",) if order.succeeded or order.asked else ("reserved", "assigned")
        for user in users.get(order.order_id, ()):
            number = user.number or ""
            if owner.get(number) not in [(order.order_id, state) for state in states]:
                yield f"{number} of user {user.user_id} is not assigned to {order.order_id}"
            group = at.broadworks.group(user.service_provider_id, user.group_id)
            if group is None or number not in group.numbers:
                yield f"{number} of user {user.user_id} is not in the group of {order.order_id}"
            elif user.user_id not in group.users or group.users[user.user_id].phone_number != number:
                yield f"{number} is not on user {user.user_id} of {order.order_id}"


def trunking_has_its_proof(at: Snapshot) -> Iterator[str]:
    proven = proofs(at)
    for order, items in completed_items(at):
        for item in items:
            if item.trunking and (order.order_id, "trunking", item.item_id) not in proven:
                yield f"trunking item {item.item_id} of {order.order_id} is completed and its ticket has no proof"


def setup_elsewhere_has_its_proof(at: Snapshot) -> Iterator[str]:
    """Version 1 of the saga asked nobody for it."""
    proven = proofs(at)
    for order, items in completed_items(at):
        for item in items:
            unproven = item.elsewhere and (order.order_id, "setup", "") not in proven
            if unproven and order.billed_by_delivery:
                yield f"item {item.item_id} of {order.order_id} is completed and its setup ticket has no proof"
