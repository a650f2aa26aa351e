"""What keeps an order from being priced, fault by fault. A fault with an empty `item_id` is the whole order's."""

from datetime import date

from catalog.domain.packages import Catalogue, Package
from catalog.domain.periods import month_after
from contracts.bounds import ITEM_QUANTITY, NUMBERS, SEATS
from contracts.catalog import ItemFault, OrderedItem, PriceOrder
from contracts.planning import latest_billing_start

SUGGESTIONS = 5  # per order: looking for similar names is slow, and an order may have hundreds of wrong ones


def order_faults(order: PriceOrder) -> list[ItemFault]:
    """What can be said before any package is looked up: dates, numbers, ids."""
    faults = start_faults(order.billing_start or order.submitted_on, order.submitted_on)
    if order.numbers > NUMBERS:
        detail = f"{order.numbers} numbers cannot be ordered: choose at most {NUMBERS}."
        faults.append(ItemFault(item_id="", code="bad-numbers", detail=detail))
    ids = [item.item_id for item in order.items]
    if len(set(ids)) < len(ids):
        twice = sorted({i for i in ids if ids.count(i) > 1})
        faults += [
            ItemFault(item_id=i, code="duplicate-item", detail=f"Two items of the order have the id {i!r}.")
            for i in twice
        ]
    return faults


def start_faults(start: date, today: date, *, by_operator: bool = False) -> list[ItemFault]:
    """A billing start is neither before the present month nor more than two years ahead; operators may go a year back.

    `today` is the day of the submit, or of the change, in the customer's zone.
    """
    earliest, latest = month_after(today.replace(day=1), -12 * by_operator), latest_billing_start(today)
    if earliest <= start <= latest:
        return []
    code = "billing-start-past" if start < earliest else "billing-start-too-far"
    detail = f"Billing cannot start on {start}: choose a date from {earliest} to {latest}."
    return [ItemFault(item_id="", code=code, detail=detail)]


def month_is_over(start: date) -> ItemFault:
    """What was billed for a month that has ended is changed by operators only."""
    detail = f"Billing started on {start}, and that month is over: ask us to move it."
    return ItemFault(item_id="", code="billing-start-past", detail=detail)


def end_faults(end: date, today: date) -> list[ItemFault]:
    """As far back, and as far ahead, as operators may start billing."""
    earliest, latest = month_after(today.replace(day=1), -12), latest_billing_start(today)
    if earliest <= end <= latest:
        return []
    detail = f"Billing cannot end on {end}: choose a date from {earliest} to {latest}."
    return [ItemFault(item_id="", code="billing-end", detail=detail)]


def item_faults(item: OrderedItem, package: Package) -> list[ItemFault]:
    """The faults of an item whose package is known."""
    faults = []
    if package.withdrawn:
        detail = f"{item.package!r} is sold no more."
        faults.append(ItemFault(item_id=item.item_id, code="withdrawn", detail=detail))
    elif not package.orderable:
        detail = f"{item.package!r} is applied by the back office and cannot be ordered."
        faults.append(ItemFault(item_id=item.item_id, code="not-orderable", detail=detail))
    if item.quantity > ITEM_QUANTITY:
        detail = f"The quantity of {item.package!r} is {item.quantity}: choose 1 to {ITEM_QUANTITY}."
        faults.append(ItemFault(item_id=item.item_id, code="bad-quantity", detail=detail))
    return faults


def seat_faults(seats: int) -> list[ItemFault]:
    """An order builds so many BroadWorks users that their list still fits into one reply (contracts.bounds)."""
    if seats <= SEATS:
        return []
    detail = f"The order has {seats} seats: order at most {SEATS} at a time."
    return [ItemFault(item_id="", code="too-many-seats", detail=detail)]


def unknown_package_faults(items: list[OrderedItem], catalogue: Catalogue) -> list[ItemFault]:
    """One fault per item with an unknown package; the first few name the package that was probably meant."""
    names = list(dict.fromkeys(item.package for item in items))
    meant = {name: catalogue.nearest(name) for name in names[:SUGGESTIONS]}
    faults = []
    for item in items:
        hint = f" Did you mean {near!r}?" if (near := meant.get(item.package)) else ""
        detail = f"No package is called {item.package!r}.{hint}"
        faults.append(ItemFault(item_id=item.item_id, code="unknown-package", detail=detail))
    return faults
