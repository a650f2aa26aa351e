"""Invariant 8 for what makes a seat ring: add-ons, instances, voice mail, devices. Not held by the product yet."""

from collections import Counter
from collections.abc import Iterator

from dialtone.invariants.broadworks import Group, User
from dialtone.invariants.rows import Order, OrderItem
from dialtone.invariants.rules.promises import completed_items
from dialtone.invariants.snapshot import Snapshot, by_order

VOICE_MAIL = "Voice Messaging User"


def add_ons_and_instances_are_there(at: Snapshot) -> Iterator[str]:
    """Counted in the whole group by the name of the package, which is that of the service or the kind of instance."""
    for order, items in completed_items(at):
        group = at.broadworks.group(*order.place)
        if group is None:
            continue
        there = _named(group)
        for package, promised in _promised(items).items():
            if there[package] < promised:
                yield f"{order.order_id} promised {promised} {package}, and its group has {there[package]}"


def _promised(items: list[OrderItem]) -> Counter[str]:
    """What is hosted and no seat, and not set up elsewhere."""
    promised: Counter[str] = Counter()
    for item in items:
        if item.fulfilment == "hosted" and not (item.seats or item.elsewhere):
            promised[item.package] += item.quantity
    return promised


def _named(group: Group) -> Counter[str]:
    instances = Counter(instance.kind for instance in group.instances.values())
    return instances + Counter(service for user in group.users.values() for service in user.services)


def seats_ring(at: Snapshot) -> Iterator[str]:
    for order, user_id, user, promises_voice_mail in _seats(at):
        if not user.devices:
            yield f"user {user_id} of {order.order_id} has no device"
        if promises_voice_mail and not user.voice_mail:
            yield f"user {user_id} of {order.order_id} has no voice mail box"


def _seats(at: Snapshot) -> Iterator[tuple[Order, str, User, bool]]:
    """Users of completed orders that are in BroadWorks, and whether their services promise voice mail."""
    users = by_order(at.order_users)
    for order, _ in completed_items(at):
        enterprise, group = at.broadworks.enterprises.get(order.service_provider_id), at.broadworks.group(*order.place)
        if enterprise is None or group is None:
            continue
        for row in users.get(order.order_id, ()):
            if user := group.users.get(row.user_id):
                packs = [enterprise.packs[name] for name in user.packs if name in enterprise.packs]
                services = {*user.services, *(service for pack in packs for service in pack.services)}
                yield order, row.user_id, user, VOICE_MAIL in services
