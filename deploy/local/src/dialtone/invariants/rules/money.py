"""Invariant 3 for what people build, what the world is told, and what it costs."""

from collections import Counter
from collections.abc import Iterator

from dialtone.invariants.rules.billing import posted
from dialtone.invariants.snapshot import Snapshot, by_order


def trunking_is_charged_by_its_proof(at: Snapshot) -> Iterator[str]:
    """Not before its ticket is resolved as done, and then without fail: when the order has ended at the latest."""
    proven = {(one.order_id, one.item_id) for one in at.tickets if one.kind == "trunking" and one.proven}
    lines, charged = {(line.order_id, line.item_id) for line in at.charges}, Counter[tuple[str, str]]()
    for line in posted(at.charges):
        charged[line.order_id, line.item_id] += line.quantity
    for item in at.order_items:
        order, place = at.judged_order(item.order_id), (item.order_id, item.item_id)
        if order is None or not item.trunking:
            continue
        if charged[place] > 0 and place not in proven:
            yield f"trunking item {item.item_id} of {order.order_id} is charged and not delivered"
        elif not charged[place] and place in proven and place in lines and order.ended:
            yield f"trunking item {item.item_id} of {order.order_id} is delivered and not charged"


def trunking_numbers_are_charged_by_its_proof(at: Snapshot) -> Iterator[str]:
    """They stay reserved until every trunking ticket of their order is resolved as done."""
    given = by_order(at.order_numbers)
    tickets = by_order(one for one in at.tickets if one.kind == "trunking")
    proven = {order_id for order_id, mine in tickets.items() if all(one.proven for one in mine)}
    for row in at.billing:
        if row.order_id not in at.settled:
            continue
        numbers = given.get(row.order_id, ())
        delivered = sum(not one.trunking or row.order_id in proven for one in numbers)
        counted = row.numbers_at_start + row.numbers_late
        if counted > delivered:
            yield f"the billing of {row.order_id} counts {counted} numbers and {delivered} are delivered"


def amounts_go_with_their_quantity(at: Snapshot) -> Iterator[str]:
    """Only the sign can be checked: unit prices and periods are in no view yet."""
    for line in posted(at.charges):
        if line.amount * line.quantity < 0:
            yield f"line {line.line} of {line.order_id} has the amount {line.amount} for a quantity of {line.quantity}"


def posted_lines_are_published(at: Snapshot) -> Iterator[str]:
    sent = Counter((one.order_id, one.line) for one in at.published)
    for line in posted(at.charges):
        times = sent[line.order_id, line.line]
        if line.order_id in at.settled and (times > 1 or not (times or at.forgotten(line))):
            yield f"line {line.line} of {line.order_id} was published {times} times"
    known = {(line.order_id, line.line) for line in posted(at.charges)}
    for order_id, number in sorted(sent.keys() - known):
        if order_id in at.settled:
            yield f"line {number} of {order_id} was published and is not posted"
