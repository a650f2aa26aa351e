"""Invariant 3: what is charged, against what is delivered at the pivot: hosted items, their numbers, fees."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from dialtone.invariants.rows import Charge
from dialtone.invariants.snapshot import Snapshot, by_order

NUMBERS_ITEM = "numbers"  # the item id of what is charged for numbers: they are no item of the order


def posted(charges: Iterable[Charge]) -> list[Charge]:
    return [line for line in charges if line.state == "posted"]


def billing_follows_the_pivot(at: Snapshot) -> Iterator[str]:
    billing, charges = {row.order_id: row for row in at.billing}, by_order(at.charges)
    for order in at.judged():
        order_id, row = order.order_id, billing.get(order.order_id)
        lines, started = len(posted(charges.get(order_id, ()))), row is not None and row.state == "started"
        if (lines or started) and not order.past_pivot:
            yield f"{order_id} ({order.state}) is billed ({lines} charges) and not past the pivot"
        elif (lines or order.succeeded or order.billing_started) and not started:
            yield f"{order_id} is {order.state} and its billing has not started"
        if order.undone and row is not None and row.state != "void":
            yield f"{order_id} is {order.state} and undone, and its charges are {row.state}"
    for order_id in sorted((billing.keys() | charges.keys()) - at.orders.keys()):
        yield f"charges of {order_id}, which is no order"


def charges_begin_on_the_billing_start(at: Snapshot) -> Iterator[str]:
    """What was taken back does not count: a billing start may have been moved to another date."""
    charges, cannot_be = by_order(at.charges), _items_that_cannot_be(at)
    for row in at.billing:
        order_id, start = row.order_id, row.billing_start
        shifted: Counter[tuple[str, str, str, date]] = Counter()
        for line in posted(charges.get(order_id, ())):
            begins = line.first_period and line.item_id != NUMBERS_ITEM  # numbers may come later
            late = line.from_date > start and begins and (order_id, line.item_id) not in cannot_be
            if line.from_date < start or late:
                shifted[line.item_id, line.package, line.kind, line.from_date] += line.quantity
        for (_, package, _, since), quantity in shifted.items():
            if quantity and since < start:
                yield f"{order_id} is charged for {package} from {since}, before its start on {start}"
            elif quantity:
                yield f"{order_id} is charged for {package} only from {since}, after its start on {start}"


def _items_that_cannot_be(at: Snapshot) -> set[tuple[str, str]]:
    """By their trunking tickets; that they are charged at all is told by rule 3b."""
    return {(one.order_id, one.item_id) for one in at.tickets if one.kind == "trunking" and one.outcome == "cannot-do"}


def charges_are_of_one_run(at: Snapshot) -> Iterator[str]:
    for order_id, lines in by_order(posted(at.charges)).items():
        runs = sorted({line.run for line in lines})
        if len(runs) > 1:
            yield f"{order_id} is billed for the runs {', '.join(map(str, runs))}"


def delivered_items_are_charged(at: Snapshot) -> Iterator[str]:
    """Everything that people do not build is delivered when billing starts; its lines are posted then."""
    built_by_people = {(item.order_id, item.item_id) for item in at.order_items if item.trunking}
    charges = by_order(at.charges)
    for row in at.billing:
        order = at.judged_order(row.order_id)
        if order is None or not order.billing_started:
            continue
        for line in charges.get(row.order_id, ()):
            due = line.run == row.run and line.first_period and line.item_id != NUMBERS_ITEM
            if due and line.state != "posted" and (line.order_id, line.item_id) not in built_by_people:
                yield f"item {line.item_id} of {order.order_id} is delivered and its {line.kind} is {line.state}"


def numbers_are_charged_as_they_were_given(at: Snapshot) -> Iterator[str]:
    billing, given = {row.order_id: row for row in at.billing}, by_order(at.order_numbers)
    charged: Counter[str] = Counter()
    for line in posted(at.charges):
        charged[line.order_id] += line.quantity if line.item_id == NUMBERS_ITEM else 0
    for order in at.judged():
        order_id, numbers = order.order_id, len(given.get(order.order_id, ()))
        if charged[order_id] > numbers:
            yield f"{order_id} is charged for {charged[order_id]} numbers and has {numbers}"
        row = billing.get(order_id)
        counted = row.numbers_at_start + row.numbers_late if row else 0
        if row and order.state == "completed" and counted != numbers:
            yield f"the billing of {order_id} counts {counted} numbers and it was given {numbers}"
