"""Invariant 3 for what people deliver: trunks with their numbers, what is set up elsewhere, and the fees of these."""

from collections import Counter
from collections.abc import Iterator

from dialtone.invariants.catalog_rows import NUMBERS_ITEM
from dialtone.invariants.rules import delivered
from dialtone.invariants.rules.billing import differences
from dialtone.invariants.snapshot import Snapshot, by_order


def nothing_is_charged_without_proof(at: Snapshot) -> Iterator[str]:
    charged = {one.place for one in at.subscriptions}
    for one in _items(at):
        if one.day is None and one.place in charged:
            yield f"item {one.item.item_id} of {one.order.order_id} is charged and not delivered"


def what_is_proven_is_charged(at: Snapshot) -> Iterator[str]:
    """When its order has ended at the latest: until then the saga may be about to say so."""
    found = differences(at)
    for one in _items(at):
        if one.day is not None and one.order.ended:
            for kind, charged, planned in found.get(one.place, ()):
                order_id, item_id = one.place
                yield f"item {item_id} of {order_id} is proven and its {kind} is charged for {charged} of {planned}"


def charges_begin_with_their_proof(at: Snapshot) -> Iterator[str]:
    """Or on the billing start, if that is later."""
    starts = {row.order_id: row.billing_start for row in at.billing}
    since = {one.place: one.day for one in _items(at)}
    for one in at.subscriptions:
        day, start = since.get(one.place), starts.get(one.order_id)
        if day is not None and start is not None and one.from_date != max(day, start):
            yield (
                f"item {one.item_id} of {one.order_id} is charged from {one.from_date}; it was activated on {day}, and "
                f"billing starts on {start}"
            )


def _items(at: Snapshot) -> Iterator[delivered.Item]:
    """By version 1 they were charged at the pivot, whatever became of them."""
    return (one for one in delivered.items(at) if one.by_people and one.order.billed_by_delivery)


def trunk_numbers_are_charged_by_its_proof(at: Snapshot) -> Iterator[str]:
    """The first trunk of an order delivers them all."""
    given, proven = by_order(at.order_numbers), delivered.first_trunks(at)
    for row in at.billing:
        order, numbers = at.judged_order(row.order_id), given.get(row.order_id, ())
        if order is not None and order.billed_by_delivery:
            here = sum(not one.trunking or row.order_id in proven for one in numbers)
            counted = row.numbers_at_start + row.numbers_late
            if counted > here:
                yield f"the billing of {row.order_id} counts {counted} numbers and {here} are delivered"


def trunk_numbers_are_not_charged_before_their_trunk(at: Snapshot) -> Iterator[str]:
    """Until the first trunk was activated there were numbers for seats only."""
    proven, early, seats = delivered.first_trunks(at), Counter[str](), Counter[str]()
    for one in at.order_numbers:
        seats[one.order_id] += not one.trunking
    for charge in at.subscriptions:
        day = proven.get(charge.order_id)
        if charge.item_id == NUMBERS_ITEM and day is not None and charge.from_date < day:
            early[charge.order_id] += charge.quantity
    for order_id, count in early.items():
        order, had = at.judged_order(order_id), seats[order_id]
        if order is not None and order.billed_by_delivery and count > had:
            yield f"{order_id} is charged for {count} numbers before its trunk was there, and had {had} then"
