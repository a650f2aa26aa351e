"""Invariant 4: every accepted order is there, and ran once, by what all services hold of it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Protocol

from dialtone.invariants.rows import LIVE
from dialtone.invariants.snapshot import OfOrder, Snapshot, by_order


class OfRun(OfOrder, Protocol):
    @property
    def run(self) -> int: ...


def no_order_is_accepted_twice(at: Snapshot) -> Iterator[str]:
    names = Counter((order.partner_id, order.external_id) for order in at.orders.values())
    for (partner_id, external_id), count in names.items():
        if count > 1:
            yield f"{external_id} of partner {partner_id} was accepted {count} times"


def no_order_is_lost(at: Snapshot) -> Iterator[str]:
    held: dict[str, Iterable[OfOrder]] = {
        "tickets": at.tickets,
        "backorders": at.backorders,
        "effects in BroadWorks": at.effects,
    }
    for what, rows in held.items():
        for order_id in sorted({row.order_id for row in rows} - at.orders.keys()):
            yield f"there are {what} of {order_id}, which is no order"
    for account in at.accounts:
        if account.order_id and account.order_id not in at.orders:
            yield f"account {account.name} was made by {account.order_id}, which is no order"


def nobody_is_ahead_of_the_order(at: Snapshot) -> Iterator[str]:
    """Orders are read last, so that a run that a service knows of is one that the order has had."""
    held: dict[str, Iterable[OfRun]] = {
        "billing": at.billing,
        "ticket": at.tickets,
        "effect in BroadWorks": at.effects,
    }
    for what, rows in held.items():
        newest: dict[str, int] = {}
        for row in rows:
            newest[row.order_id] = max(row.run, newest.get(row.order_id, 0))
        for order_id, run in newest.items():
            order = at.orders.get(order_id)
            if order is not None and run > order.run:
                yield f"{order_id} is in run {order.run} and has a {what} of run {run}"


def nothing_is_built_twice(at: Snapshot) -> Iterator[str]:
    live = [effect for effect in at.effects if effect.state in LIVE]
    for (order_id, key), count in Counter((effect.order_id, effect.key) for effect in live).items():
        if count > 1:
            yield f"{order_id} has built {key} {count} times"
    for order_id, effects in by_order(live).items():
        runs, keys = {effect.run for effect in effects}, {effect.key for effect in effects}
        if len(runs) > 1 and len(keys) == len(effects):
            yield f"what the runs {', '.join(map(str, sorted(runs)))} of {order_id} have built stands side by side"


def no_ticket_is_opened_twice(at: Snapshot) -> Iterator[str]:
    for (order_id, kind, _), count in Counter((one.order_id, one.kind, one.item_id) for one in at.tickets).items():
        if count > 1:
            yield f"{order_id} has {count} {kind} tickets for one item"


def no_user_is_built_twice(at: Snapshot) -> Iterator[str]:
    users = by_order(at.order_users)
    built = Counter(user.user_id for order in at.judged() if not order.undone for user in users.get(order.order_id, ()))
    for user, count in built.items():
        if count > 1:
            yield f"user {user} was built by {count} orders"
