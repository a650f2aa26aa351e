"""What order-intake says is delivered, beside what catalog charges for: each item in both, or in neither.

Orders of version 1 of the saga are left out: all of them was charged at the pivot, delivered or not.
"""

import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from dialtone.cli.target import Target

DELIVERING = ("inProgress", "pending", "held", "completed", "partial")  # states in which items may be delivered
NUMBERS = "numbers"  # the item of catalog that no order has
PAGES = {"orders": 200, "subscriptions": 1_000}
AGAIN = 3.0  # seconds until what does not fit is looked at again: a delivery may be under way to the other service

Item = tuple[str, str, str]  # id, package, kind of charge
Finding = dict[str, Any]


class Report(NamedTuple):
    """How much was looked at; there are `more` of a kind than catalog tells at once."""

    orders: int
    subscriptions: int
    findings: list[Finding]
    more: bool


def reconciled(catalog: Target, intake: Target, partner: str | None) -> Report:
    """Subscriptions first: then their orders are among the orders."""
    whose = {"partner": partner} if partner else {}
    found, more = _of_catalog(catalog, whose)
    charged: dict[str, set[Item]] = defaultdict(set)
    count = 0
    for one in subscriptions(catalog, whose):
        count += 1
        charged[one["order_id"]].add(_item(one))
    states = {one["id"]: one["state"] for one in orders(intake) if partner in (None, one["partner_id"])}
    suspects = [
        order_id
        for order_id, state in states.items()
        if (state in DELIVERING or order_id in charged)
        and any(compared(intake.call("GET", f"/orders/{order_id}"), charged.get(order_id, ())))
    ]
    found += _looked_at_again(catalog, intake, suspects)
    for order_id in charged.keys() - states.keys():
        found += [_finding(order_id, "no-such-order", one, "It is charged.") for one in sorted(charged[order_id])]
    return Report(len(states), count, found, more)


def compared(order: Mapping[str, Any], charged: Collection[Item]) -> Iterator[Finding]:
    """What of an order is delivered and not charged, and what is charged and not delivered."""
    if order["saga"]["version"] < 2:
        return
    states = {one["id"]: one["state"] for one in order["items"]}
    lines = order["charges"]["lines"] if order["charges"] else ()
    planned = {_item(line) for line in lines if line["first_period"] and line["item_id"] != NUMBERS}
    for one in sorted(planned.difference(charged)):
        if states.get(one[0]) == "completed":
            yield _finding(order["id"], "not-charged", one, "It is delivered, and it is not charged.")
    for one in sorted(charged):
        state = states.get(one[0], "no item of its order")
        if one[0] != NUMBERS and state != "completed":
            yield _finding(order["id"], "not-delivered", one, f"It is charged, and it is {state}.")


def subscriptions(catalog: Target, params: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """Page by page."""
    after: int | None = 0
    while after is not None:
        wanted = {**params, "after": after, "limit": PAGES["subscriptions"]}
        told = catalog.call("GET", "/billing/subscriptions", params=wanted)
        yield from told["subscriptions"]
        after = told["next"]


def orders(intake: Target) -> Iterator[dict[str, Any]]:
    """Page by page, the newest first: what comes meanwhile pushes some onto the next page, and they come twice."""
    offset, size = 0, PAGES["orders"]
    while True:
        rows = intake.call("GET", "/orders", params={"limit": size, "offset": offset})
        yield from rows
        if len(rows) < size:
            return
        offset += size


def _of_catalog(catalog: Target, whose: Mapping[str, str]) -> tuple[list[Finding], bool]:
    found: list[Finding] = []
    more, after = False, 0
    while after is not None:
        told = catalog.call("GET", "/billing/reconciliation", params={**whose, "after": after})
        found += told["findings"]
        more, after = more or told["more"], told["next"]
    return found, more


def _looked_at_again(catalog: Target, intake: Target, order_ids: list[str]) -> Iterator[Finding]:
    if order_ids:
        time.sleep(AGAIN)
    for order_id in order_ids:
        charged = {_item(one) for one in subscriptions(catalog, {"order": order_id})}
        yield from compared(intake.call("GET", f"/orders/{order_id}"), charged)


def _item(it: Mapping[str, Any]) -> Item:
    return it["item_id"], it["package"], it["kind"]


def _finding(order_id: str, what: str, item: Item, detail: str) -> Finding:
    item_id, package, kind = item
    it = {"what": what, "order_id": order_id, "item_id": item_id, "package": package, "kind": kind}
    return {**it, "detail": detail}
