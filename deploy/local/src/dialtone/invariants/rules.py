"""What must always hold, stated once: each rule yields a sentence for everything that breaks it."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from dialtone.invariants.snapshot import Row, Snapshot

TAKEN_BACK = ("cancelled", "failed")
FINAL = ("completed", "partial", "failed", "cancelled", "rejected")
TICKET_ENDED = ("resolved", "closed", "cancelled", "rejected")


@dataclass(frozen=True, slots=True)
class Rule:
    number: int
    title: str
    check: Callable[[Snapshot], Iterator[str]]


def undone(order: Row) -> bool:
    """Nothing of the order may be left anywhere: it ended without success, or waits undone for an operator."""
    return order["state"] in TAKEN_BACK or (order["state"] == "held" and order["phase"] == "compensated")


def past_pivot(order: Row) -> bool:
    progress = json.loads(order["progress"])
    return any(line["what"] == "past the pivot" for line in lines_of_run(progress))


def lines_of_run(progress: dict[str, Any]) -> list[dict[str, Any]]:
    """The time line of the present run only."""
    lines: list[dict[str, Any]] = progress["timeline"]
    starts = [index for index, line in enumerate(lines) if line["what"] == "started"]
    return lines[starts[-1] :] if starts else lines


def numbers_of(order: Row) -> set[str]:
    """What the order was given, by its own account: reserved, and delivered to its backorders."""
    subject = json.loads(order["subject"])
    reserved = (subject["reserved"] or {"numbers": []})["numbers"]
    return {one["number"] for one in (*reserved, *subject["delivered"])}


def numbers_have_one_owner(at: Snapshot) -> Iterator[str]:
    """The schema allows one owner per number; here: the owner is an order that may have it, and has it."""
    for row in at.numbers:
        order = at.orders.get(row["order_id"])
        if row["status"] in ("reserved", "assigned") and order is None:
            yield f"{row['number']} is {row['status']} for {row['order_id']}, which is no order"
        elif order is not None and order["order_id"] in at.settled:
            if undone(order):
                yield f"{row['number']} is {row['status']} for {order['order_id']}, undone and {order['state']}"
            elif order["state"] in ("completed", "partial") and row["status"] != "assigned":
                yield f"{row['number']} is {row['status']} for {order['order_id']}, which is {order['state']}"
    owner = {row["number"]: row["order_id"] for row in at.numbers}
    held = Counter(number for order in at.judged() if not undone(order) for number in numbers_of(order))
    for number, count in sorted(held.items()):
        if count > 1:
            yield f"{number} is held by {count} orders"
    for order in at.judged():
        if order["state"] in ("completed", "partial"):
            lost = sorted(number for number in numbers_of(order) if owner.get(number) != order["order_id"])
            if lost:
                yield f"{order['order_id']} is {order['state']} and has lost {', '.join(lost)}"


def nothing_stays_in_broadworks(at: Snapshot) -> Iterator[str]:
    live = {row["order_id"] for row in at.ledger if row["state"] in ("intended", "done")}
    for order in at.judged():
        if undone(order) and order["order_id"] in live:
            yield f"the ledger of {order['order_id']} ({order['state']}) has effects that were not undone"
    yield from _groups(at)
    yield from _numbers_in_groups(at)


def _groups(at: Snapshot) -> Iterator[str]:
    """Every group belongs to an order that may have one, and every order that was built has its users."""
    owners: dict[tuple[str, str], list[Row]] = {}
    for order in at.orders.values():
        subject = json.loads(order["subject"])
        owners.setdefault((subject["service_provider_id"], subject["group_id"]), []).append(order)
        group = subject["group"]
        if group and order["order_id"] in at.settled and past_pivot(order):
            there = at.enterprises.get(group["service_provider_id"], {"groups": {}})["groups"].get(group["group_id"])
            if there is None:
                yield f"group {group['group_id']} of {order['order_id']} ({order['state']}) is gone from BroadWorks"
                continue
            gone = [user["user_id"] for user in group["users"] if user["user_id"] not in there["users"]]
            if gone:
                yield f"users of {order['order_id']} are gone from BroadWorks: {', '.join(gone)}"
    adopted = {row["broadworks_id"] for row in at.accounts if row["role"] == "Enterprise" and not row["order_id"]}
    for provider, enterprise in at.enterprises.items():
        under = [order for (owned, _), orders in owners.items() if owned == provider for order in orders]
        if provider not in adopted and _all_undone(at, under):
            yield f"enterprise {provider} is left in BroadWorks by {under[0]['order_id']} ({under[0]['state']})"
        for group_id in enterprise["groups"]:
            orders = owners.get((provider, group_id), [])
            if _all_undone(at, orders):
                yield f"group {group_id} is left in BroadWorks by {orders[0]['order_id']} ({orders[0]['state']})"


def _all_undone(at: Snapshot, orders: list[Row]) -> bool:
    """False for none: what no order of ours has made is not ours to judge."""
    return bool(orders) and all(order["order_id"] in at.settled and undone(order) for order in orders)


def _numbers_in_groups(at: Snapshot) -> Iterator[str]:
    """An order takes numbers into BroadWorks only after it was told of them, and then it is not settled any more.

    So while nothing moved, every number that is there has its owner in the inventory.
    """
    owner = {row["number"]: row["order_id"] for row in at.numbers}
    ours = {row["broadworks_id"] for row in at.accounts if row["order_id"]}
    nothing_moved = at.orders.keys() == at.settled
    for provider, enterprise in at.enterprises.items():
        places = [(f"group {name}", group["numbers"]) for name, group in enterprise["groups"].items() if name in ours]
        if provider in ours:
            grouped = {number for group in enterprise["groups"].values() for number in group["numbers"]}
            places.append((f"enterprise {provider}", [one for one in enterprise["numbers"] if one not in grouped]))
        for place, numbers in places:
            for number in numbers:
                order = at.orders.get(owner.get(number, ""))
                if order is None and nothing_moved:
                    yield f"{number} is in {place} and belongs to no order"
                elif order is not None and order["order_id"] in at.settled and undone(order):
                    yield f"{number} of {order['order_id']} ({order['state']}) is left in {place}"


def has_started_billing(order: Row) -> bool:
    """Ended well, or waiting for people or stock with its billing started, by its own account."""
    step = json.loads(order["progress"])["steps"].get("start billing", {"status": ""})
    return order["state"] in ("completed", "partial") or step["status"] == "done"


def charges_follow_the_pivot(at: Snapshot) -> Iterator[str]:
    for order in at.judged():
        order_id = order["order_id"]
        posted = (at.charges.get(order_id) or {"posted": 0})["posted"]
        billing = at.billing.get(order_id)
        started = billing is not None and billing["state"] == "started"
        if (posted or started) and not past_pivot(order):
            yield f"{order_id} ({order['state']}) is billed ({posted} charges) and not past the pivot"
        if has_started_billing(order) and not started:
            yield f"{order_id} is {order['state']} and its billing has not started"
        if undone(order) and billing is not None and billing["state"] != "void":
            yield f"{order_id} is {order['state']} and undone, and its charges are {billing['state']}"
    for order_id in at.billing.keys() - at.orders.keys():
        yield f"charges of {order_id}, which is no order"


def orders_run_once(at: Snapshot) -> Iterator[str]:
    for order, count in Counter((row["partner_id"], row["external_id"]) for row in at.orders.values()).items():
        if count > 1:
            yield f"{order[1]} of partner {order[0]} was accepted {count} times"
    built = Counter((row["order_id"], row["key"]) for row in at.ledger if row["state"] in ("intended", "done"))
    for (order_id, key), count in built.items():
        if count > 1:
            yield f"{order_id} has built {key} {count} times"
    for order_id in sorted({row["order_id"] for row in at.tickets} - at.orders.keys()):
        yield f"there are tickets of {order_id}, which is no order"
    tickets = Counter((row["order_id"], row["kind"], row["item_id"]) for row in at.tickets)
    for (order_id, kind, _), count in tickets.items():
        if count > 1:
            yield f"{order_id} has {count} {kind} tickets for one item"
    users = [
        user["user_id"]
        for order in at.judged()
        if not undone(order)
        for user in (json.loads(order["subject"])["group"] or {"users": []})["users"]
    ]
    for user, count in Counter(users).items():
        if count > 1:
            yield f"user {user} was built by {count} orders"


def orders_end_or_wait(at: Snapshot) -> Iterator[str]:
    open_letters = {row["order_id"] for row in at.letters if row["state"] == "open" and row["kind"] == "order"}
    for order in at.judged():
        order_id, state = order["order_id"], order["state"]
        if state in FINAL:
            open_tickets = [row for row in at.tickets if row["order_id"] == order_id and _open(row)]
            if open_tickets:
                yield f"{order_id} is {state} and has open tickets: {', '.join(row['kind'] for row in open_tickets)}"
        elif state == "held" and order["phase"] == "compensated" and order_id not in open_letters:
            yield f"{order_id} is held after its undo and no dead letter waits for an operator"
        elif order["due"] is None and not order["reason"]:
            yield f"{order_id} is {state}, waits for nothing and is due never"


def _open(ticket: Row) -> bool:
    return ticket["state"] not in TICKET_ENDED


def partners_are_apart(at: Snapshot) -> Iterator[str]:
    owner = {order_id: row["partner_id"] for order_id, row in at.orders.items()}
    for what, rows in (("ticket", at.tickets), ("backorder", at.backorders), ("billing", list(at.billing.values()))):
        for row in rows:
            if owner.get(row["order_id"], row["partner_id"]) != row["partner_id"]:
                yield f"a {what} of {row['order_id']} carries the partner {row['partner_id']}"
    for row in at.accounts:
        if row["order_id"] in owner and owner[row["order_id"]] != row["partner_id"]:
            yield f"account {row['name']} of {row['order_id']} belongs to the partner {row['partner_id']}"
    partner_of = {row["account_id"]: row["partner_id"] for row in at.accounts}
    for row in at.numbers:
        partner = partner_of.get(row["customer_id"])
        if partner is not None and owner.get(row["order_id"], partner) != partner:
            yield f"{row['number']} of {row['order_id']} is assigned to a customer of the partner {partner}"
    enterprises: dict[str, set[str]] = {}
    for order in at.orders.values():
        enterprises.setdefault(json.loads(order["subject"])["service_provider_id"], set()).add(order["partner_id"])
    for provider, partners in enterprises.items():
        if len(partners) > 1:
            yield f"enterprise {provider} is used by the partners {', '.join(sorted(partners))}"


def operators_are_written_down(at: Snapshot) -> Iterator[str]:
    acts = {row["dl_id"] for row in at.actions if row["who"] and row["why"] and row["at"]}
    for row in at.letters:
        if row["state"] != "open" and row["dl_id"] not in acts:
            yield f"dead letter {row['dl_id']} was {row['state']} and nobody wrote down who and why"
    resolved = {row["ticket_id"] for row in at.ticket_acts if row["who"]}
    for row in at.tickets:
        if row["outcome"] and row["ticket_id"] not in resolved:
            yield f"ticket {row['ticket_id']} was resolved and nobody wrote down who"


RULES = (
    Rule(1, "a number is never assigned, reserved or held twice", numbers_have_one_owner),
    Rule(2, "BroadWorks holds what orders built, and nothing of those taken back", nothing_stays_in_broadworks),
    Rule(3, "no charge starts before the pivot, none is missing after it", charges_follow_the_pivot),
    Rule(4, "an accepted order is never lost and never runs twice", orders_run_once),
    Rule(5, "every order ends, or visibly waits for a named cause", orders_end_or_wait),
    Rule(6, "a partner never touches another partner's data", partners_are_apart),
    Rule(7, "what an operator did is written down", operators_are_written_down),
)
