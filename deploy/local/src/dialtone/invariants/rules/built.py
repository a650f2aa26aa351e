"""Invariant 2, second half: what an order has built is there as long as it lives; nobody else has removed it."""

from collections.abc import Iterable, Iterator

from dialtone.invariants.broadworks import Group
from dialtone.invariants.rows import Effect, Order, OrderNumber, OrderUser
from dialtone.invariants.rules.leftovers import ADD_USER
from dialtone.invariants.snapshot import Snapshot, by_order

ADD_GROUP = "GroupAddRequest"


def groups_stay(at: Snapshot) -> Iterator[str]:
    """Past the pivot the group of an order stands; before it, what its ledger says is done."""
    for order, place in _expected_groups(at):
        if at.broadworks.group(*place) is None:
            yield f"group {place[1]} of {order.order_id} ({order.state}) is gone from BroadWorks"


def users_stay(at: Snapshot) -> Iterator[str]:
    """By the order's own account past the pivot, and by its ledger."""
    account, ledger = by_order(at.order_users), by_order(at.effects)
    for order, group in _groups_there(at):
        users = _users(order, account.get(order.order_id, ()), ledger.get(order.order_id, ()))
        if gone := sorted(users - group.users.keys()):
            yield f"users of {order.order_id} are gone from BroadWorks: {', '.join(gone)}"


def numbers_stay(at: Snapshot) -> Iterator[str]:
    """Backordered numbers are added after they were delivered, so they are there for sure when the order has ended."""
    given = by_order(at.order_numbers)
    for order, group in _groups_there(at):
        numbers = _hosted_numbers(order, given.get(order.order_id, ()))
        if gone := sorted(numbers - group.numbers.keys()):
            yield f"numbers of {order.order_id} are gone from its group: {', '.join(gone)}"


def _expected_groups(at: Snapshot) -> Iterator[tuple[Order, tuple[str, str]]]:
    """Orders whose group must be there, with its ids. An order that is being undone may have lost it already."""
    workplaces = {row.order_id: (row.service_provider_id, row.group_id) for row in at.workplaces}
    made = {row.order_id for row in at.effects if row.command == ADD_GROUP and row.state == "done"}
    for order in at.judged():
        place = workplaces.get(order.order_id)
        if place and (order.standing or (order.phase == "running" and order.order_id in made)):
            yield order, place


def _groups_there(at: Snapshot) -> Iterator[tuple[Order, Group]]:
    for order, place in _expected_groups(at):
        group = at.broadworks.group(*place)
        if group is not None:
            yield order, group


def _users(order: Order, account: Iterable[OrderUser], ledger: Iterable[Effect]) -> set[str]:
    done = {row.user_id for row in ledger if row.command == ADD_USER and row.state == "done" and row.user_id}
    return done | {row.user_id for row in account if order.standing}


def _hosted_numbers(order: Order, given: Iterable[OrderNumber]) -> set[str]:
    return {row.number for row in given if not row.trunking and (order.succeeded if row.delivered else order.standing)}
