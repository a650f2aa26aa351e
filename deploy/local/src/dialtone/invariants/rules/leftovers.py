"""Invariant 2, first half: nothing stays in BroadWorks for orders that are undone."""

from collections.abc import Iterator

from dialtone.invariants.rows import LIVE, Effect, Order
from dialtone.invariants.snapshot import Snapshot

ADD_USER = "UserAddRequest22V2"


def ledgers_are_empty(at: Snapshot) -> Iterator[str]:
    live = {effect.order_id for effect in at.effects if effect.state in LIVE}
    for order in at.judged():
        if order.undone and order.order_id in live:
            yield f"the ledger of {order.order_id} ({order.state}) has effects that were not undone"


def groups_go(at: Snapshot) -> Iterator[str]:
    """A group stays as long as one of the orders for it may have it."""
    owners: dict[tuple[str, str], list[Order]] = {}
    for order in at.orders.values():
        owners.setdefault(order.place, []).append(order)
    for provider, group_id, _ in at.broadworks.groups():
        orders = owners.get((provider, group_id), [])
        if _all_undone(at, orders):
            yield f"group {group_id} is left in BroadWorks by {orders[0].order_id} ({orders[0].state})"


def enterprises_go(at: Snapshot) -> Iterator[str]:
    owners: dict[str, list[Order]] = {}
    for order in at.orders.values():
        owners.setdefault(order.service_provider_id, []).append(order)
    adopted = {row.broadworks_id for row in at.accounts if not row.order_id}
    for provider in at.broadworks.enterprises:
        orders = owners.get(provider, [])
        if provider not in adopted and _all_undone(at, orders):
            yield f"enterprise {provider} is left in BroadWorks by {orders[0].order_id} ({orders[0].state})"


def _all_undone(at: Snapshot, orders: list[Order]) -> bool:
    """False for none: what no order of ours has made is not ours to judge."""
    return bool(orders) and all(order.order_id in at.settled and order.undone for order in orders)


def users_go(at: Snapshot) -> Iterator[str]:
    """Where an order may be building now, a user of the same id may be its own already."""
    building = {order.place for order in at.orders.values() if _may_build(at, order)}
    built = [effect for effect in at.effects if effect.command == ADD_USER and effect.state != "found"]
    living = {effect.user_id for effect in built if at.living(effect.order_id)}
    for (provider, group_id, user_id), effect in {_whereabouts(one): one for one in built}.items():
        order = at.judged_order(effect.order_id)
        if order is None or user_id in living or (provider, group_id) in building:
            continue
        group = at.broadworks.group(provider, group_id)
        if group is not None and user_id in group.users:
            yield f"user {user_id} is left in BroadWorks by {order.order_id} ({order.state})"


def _whereabouts(effect: Effect) -> tuple[str | None, str | None, str | None]:
    return effect.service_provider_id, effect.group_id, effect.user_id


def _may_build(at: Snapshot, order: Order) -> bool:
    """Past the pivot an order builds no more users."""
    return order.order_id not in at.settled or not (order.undone or order.past_pivot)


def numbers_go(at: Snapshot) -> Iterator[str]:
    """An order takes numbers into BroadWorks only after it was told of them, and then it is not settled any more.

    So while nothing moved, every number that is there has its owner in the inventory.
    """
    owner = {row.number: row.order_id for row in at.numbers}
    nothing_moved = at.orders.keys() == at.settled
    for place, here, number in _numbers_of_ours(at):
        order = at.orders.get(owner.get(number) or "")
        if order is None:
            if nothing_moved:
                yield f"{number} is in {place} and belongs to no order"
        elif order.order_id in at.settled:
            if order.undone:
                yield f"{number} of {order.order_id} ({order.state}) is left in {place}"
            elif here not in (order.place, (order.service_provider_id, "")):
                yield f"{number} of {order.order_id} is in {place}, which is not its own"


def _numbers_of_ours(at: Snapshot) -> Iterator[tuple[str, tuple[str, str], str]]:
    """Every number in an enterprise or a group that an order has made: the place in words, as ids, and the number."""
    ours = {row.broadworks_id for row in at.accounts if row.order_id}
    for provider, enterprise in at.broadworks.enterprises.items():
        for group_id, group in enterprise.groups.items():
            if group_id in ours:
                for number in group.numbers:
                    yield f"group {group_id}", (provider, group_id), number
        if provider in ours:
            grouped = {number for group in enterprise.groups.values() for number in group.numbers}
            for number in enterprise.numbers:
                if number not in grouped:
                    yield f"enterprise {provider}", (provider, ""), number
