"""Invariant 3: what is charged, against what the pivot delivers: hosted items, their numbers, fees."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from dialtone.invariants.catalog_rows import NUMBERS_ITEM
from dialtone.invariants.rules import delivered
from dialtone.invariants.rules.delivered import AT_PIVOT, Place
from dialtone.invariants.snapshot import Snapshot, by_order


def billing_follows_the_pivot(at: Snapshot) -> Iterator[str]:
    billing, subscriptions = {row.order_id: row for row in at.billing}, by_order(at.subscriptions)
    plans = by_order(at.plans)
    for order in at.judged():
        order_id, row = order.order_id, billing.get(order.order_id)
        lines, started = len(subscriptions.get(order_id, ())), row is not None and row.state == "started"
        if (lines or started) and not order.past_pivot:
            yield f"{order_id} ({order.state}) is billed ({lines} charges) and not past the pivot"
        elif (lines or order.succeeded or order.billing_started) and not started:
            yield f"{order_id} is {order.state} and its billing has not started"
        states = {one.state for one in (*([row] if row else ()), *plans.get(order_id, ()))} - {"void"}
        if order.undone and states:
            yield f"{order_id} is {order.state} and undone, and its charges are {' and '.join(sorted(states))}"


def charges_are_of_an_order(at: Snapshot) -> Iterator[str]:
    """And of one of its items; what was posted by hand may be of none."""
    charged = {row.order_id for rows in (at.billing, at.plans, at.subscriptions, at.postings) for row in rows}
    for order_id in sorted(charged - at.orders.keys() - {""}):
        yield f"charges of {order_id}, which is no order"
    items = {(item.order_id, item.item_id) for item in at.order_items}
    for one in at.subscriptions:
        if one.order_id in at.settled and one.item_id != NUMBERS_ITEM and one.place not in items:
            yield f"{one.order_id} is charged for item {one.item_id}, which it does not have"


def charges_are_of_one_run(at: Snapshot) -> Iterator[str]:
    """That of the plan; what was posted by hand is of none."""
    runs = {row.order_id: {row.run} for row in at.billing}
    charged = [(one.order_id, one.run) for one in at.subscriptions]
    charged += [(one.order_id, one.run) for one in at.postings if one.subscription_id is not None]
    for order_id, run in charged:
        runs.setdefault(order_id, set()).add(run)
    for order_id, found in runs.items():
        if len(found) > 1:
            yield f"{order_id} is billed for the runs {', '.join(map(str, sorted(found)))}"


def charges_begin_on_the_billing_start(at: Snapshot) -> Iterator[str]:
    """What the pivot does not deliver begins later, if it is delivered later."""
    starts = {row.order_id: row.billing_start for row in at.billing if row.order_id in at.settled}
    later = {row.order_id for row in at.billing if row.billed_from == "activation"}
    by_pivot = {one.place for one in delivered.items(at) if one.day == AT_PIVOT} - {
        one.place for one in at.subscriptions if one.order_id in later
    }
    for one in at.subscriptions:
        order_id, since, start = one.order_id, one.from_date, starts.get(one.order_id)
        if start is not None and since < start:
            yield f"{order_id} is charged for {one.package} from {since}, before its start on {start}"
        elif start is not None and since > start and one.place in by_pivot:
            yield f"{order_id} is charged for {one.package} only from {since}, after its start on {start}"


class Difference(NamedTuple):
    """A charge of an item, for how many it is charged, and for how many it was planned."""

    kind: str
    charged: int
    planned: int


def differences(at: Snapshot) -> Mapping[Place, list[Difference]]:
    """Between what is charged for each item, and what its order has planned; an item that is as planned has none."""
    runs = {row.order_id: row.run for row in at.billing}
    planned, charged = Counter[tuple[Place, str, str]](), Counter[tuple[Place, str, str]]()
    for line in at.plans:
        if line.first_period and line.run == runs.get(line.order_id):
            planned[(line.order_id, line.item_id), line.package, line.kind] += line.quantity
    for one in at.subscriptions:
        if one.order_id in runs:
            charged[one.place, one.package, one.kind] += one.quantity
    found: dict[Place, list[Difference]] = {}
    for key in planned | charged:
        if charged[key] != planned[key]:
            found.setdefault(key[0], []).append(Difference(key[2], charged[key], planned[key]))
    return found


def delivered_items_are_charged(at: Snapshot) -> Iterator[str]:
    """What the pivot delivers is charged when billing starts."""
    found = differences(at)
    for one in delivered.items(at):
        if one.day == AT_PIVOT and one.order.billing_started:
            for kind, charged, planned in found.get(one.place, ()):
                order_id, item_id = one.place
                yield f"item {item_id} of {order_id} is delivered and its {kind} is charged for {charged} of {planned}"


def numbers_are_charged_as_they_were_given(at: Snapshot) -> Iterator[str]:
    billing, given = {row.order_id: row for row in at.billing}, by_order(at.order_numbers)
    charged = Counter[str]()
    for one in at.subscriptions:
        charged[one.order_id] += one.quantity if one.item_id == NUMBERS_ITEM else 0
    for order in at.judged():
        order_id, numbers = order.order_id, len(given.get(order.order_id, ()))
        if charged[order_id] > numbers:
            yield f"{order_id} is charged for {charged[order_id]} numbers and has {numbers}"
        row = billing.get(order_id)
        counted = row.numbers_at_start + row.numbers_late if row else 0
        if row and order.succeeded and counted != numbers:
            yield f"the billing of {order_id} counts {counted} numbers and it was given {numbers}"


def numbers_beyond_the_allowance_are_charged(at: Snapshot) -> Iterator[str]:
    """As many as were planned, when all that were ordered have come. By version 1 the plan became what was charged."""
    found = differences(at)
    for order in at.judged():
        if order.state == "completed" and order.billing_started and order.billed_by_delivery:
            for _, charged, planned in found.get((order.order_id, NUMBERS_ITEM), ()):
                yield f"{order.order_id} has all its numbers and is charged for {charged} of {planned}"


def numbers_are_charged_since_they_came(at: Snapshot) -> Iterator[str]:
    """By the order's own account; by version 1 those that came late had one day for all."""
    starts, came = {row.order_id: row.billing_start for row in at.billing}, by_order(at.order_deliveries)
    later = {row.order_id for row in at.billing if row.billed_from == "activation"}
    at_once = {one.order_id for one in at.order_numbers if not (one.trunking or one.delivered)}
    for one in at.subscriptions:
        order, start = at.judged_order(one.order_id), starts.get(one.order_id)
        if order is None or start is None or one.item_id != NUMBERS_ITEM or not order.billed_by_delivery:
            continue
        days = {max(start, it.delivered_on) for it in came.get(one.order_id, ()) if it.numbers}
        days |= {start} if one.order_id in at_once else set()
        if one.order_id not in later and one.from_date >= start and one.from_date not in days:
            yield f"{one.order_id} is charged for numbers from {one.from_date}, and none came then"
