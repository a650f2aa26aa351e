"""Price an order: the command, the catalogue and the partner's price book make the plan of charges, or all faults."""

from operator import itemgetter

from catalog.domain.allowances import own
from catalog.domain.charges import Charge, preview
from catalog.domain.checks import item_faults, order_faults, seat_faults, unknown_package_faults
from catalog.domain.packages import NUMBER_PACKAGE, Catalogue, Package
from catalog.domain.price_books import PricesInEffect
from contracts.catalog import (
    ChargeKind,
    ItemFault,
    OrderedItem,
    OrderNotPriceable,
    OrderPriced,
    PricedItem,
    PriceOrder,
    UsagePrice,
)

NUMBERS_ITEM = "numbers"  # the item id of what is charged for numbers: they are no item of the order

Chosen = list[tuple[OrderedItem, Package]]


def price_order(
    order: PriceOrder,
    catalogue: Catalogue,
    prices: PricesInEffect | None,
    unused_free_numbers: int = 0,
    anchor: int = 1,
) -> OrderPriced | OrderNotPriceable:
    """Price an order at what is in effect on its submit date; billing starts on that date unless it says another.

    `unused_free_numbers` are those that earlier orders of the customer left over, as far as they count for this one.
    A refusal tells every fault of the order at once.
    """
    faults = order_faults(order)
    chosen = _chosen(order, catalogue, faults)
    if prices is None:
        detail = f"No price book is in effect on {order.submitted_on}: ask us to load one."
        faults.append(ItemFault(item_id="", code="no-price-book", detail=detail))
        return _refused(order, faults)
    free = unused_free_numbers + own(order, catalogue)
    charges = _item_charges(chosen, prices, faults)
    charges += _number_charges(order.numbers - free, prices, faults)
    if faults:
        return _refused(order, faults)
    usage = tuple(
        UsagePrice(item_id=one.item_id, package=one.package, unit_price=one.unit_price, price_book=one.price_book)
        for one in charges
        if one.kind == "usage"
    )
    billed = [one for one in charges if one.kind != "usage"]
    return _priced(order, chosen, billed, prices.name, free, anchor=anchor).model_copy(
        update={"usage": usage, "billed_from": prices.billed_from}
    )


def _chosen(order: PriceOrder, catalogue: Catalogue, faults: list[ItemFault]) -> Chosen:
    """The items whose package is known, with it; what is wrong with the items is added to `faults`."""
    chosen, unknown = [], []
    for item in order.items:
        package = catalogue.by_name.get(item.package)
        if package is None:
            unknown.append(item)
            continue
        faults += item_faults(item, package)
        chosen.append((item, package))
    faults += seat_faults(sum(_seats(item, package) for item, package in chosen))
    if unknown:
        faults += unknown_package_faults(unknown, catalogue)
    return chosen


def _item_charges(chosen: Chosen, prices: PricesInEffect, faults: list[ItemFault]) -> list[Charge]:
    """Every charge kind of a package needs a price, usage too: it is frozen with the order and rated later."""
    charges = []
    for item, package in chosen:
        for kind in package.charges:
            price = prices.price(package.name, kind)
            if price is None:
                faults.append(_no_price(item.item_id, package.name, kind, prices))
            else:
                charges.append(Charge(item.item_id, package.name, kind, item.quantity, *price))
    return charges


def _number_charges(beyond: int, prices: PricesInEffect, faults: list[ItemFault]) -> list[Charge]:
    """Numbers beyond the free allowance are one monthly charge."""
    if beyond <= 0:
        return []
    price = prices.price(NUMBER_PACKAGE, "MRC")
    if price is None:
        faults.append(_no_price(NUMBERS_ITEM, NUMBER_PACKAGE, "MRC", prices))
        return []
    return [Charge(NUMBERS_ITEM, NUMBER_PACKAGE, "MRC", beyond, *price)]


def _priced(
    order: PriceOrder, chosen: Chosen, charges: list[Charge], price_book: str, free: int, *, anchor: int
) -> OrderPriced:
    start = order.billing_start or order.submitted_on
    plan = preview(charges, start, anchor)
    return OrderPriced(
        order_id=order.order_id,
        run=order.run,
        price_book=price_book,
        billing_start=start,
        items=tuple(_priced_item(item, package, _parent(package, chosen)) for item, package in chosen),
        lines=plan.lines,
        free_numbers=free,
        first_invoice=plan.first_invoice,
        monthly=plan.monthly,
    )


def _parent(fee: Package, chosen: Chosen) -> str:
    """The item that a one-time companion comes with: the first one that needs nobody's hands, else the first one."""
    parents = [
        (item.trunking or package.elsewhere, item.item_id) for item, package in chosen if fee.name == package.companion
    ]
    return min(parents, key=itemgetter(0))[1] if parents else ""


def _priced_item(item: OrderedItem, package: Package, parent: str) -> PricedItem:
    return PricedItem(
        item_id=item.item_id,
        package=package.name,
        quantity=item.quantity,
        fulfilment="trunking" if item.trunking else package.fulfilment,
        seats=_seats(item, package),
        elsewhere=package.elsewhere and not item.trunking,
        parent=parent,
    )


def _seats(item: OrderedItem, package: Package) -> int:
    """A trunking item has none: people build it, and no BroadWorks user of ours comes from it."""
    return 0 if item.trunking else item.quantity * package.seats


def _no_price(item_id: str, package: str, kind: ChargeKind, prices: PricesInEffect) -> ItemFault:
    books = " and ".join(repr(version.name) for version in prices if version is not None)
    detail = f"No {kind} price for {package!r} in the price book {books}."
    return ItemFault(item_id=item_id, code="no-price", detail=detail)


def _refused(order: PriceOrder, faults: list[ItemFault]) -> OrderNotPriceable:
    more = f" ({len(faults) - 1} more)" if len(faults) > 1 else ""
    return OrderNotPriceable(
        order_id=order.order_id,
        run=order.run,
        code="order-not-priceable",
        reason=f"The order cannot be priced: {faults[0].detail}{more}",
        faults=tuple(faults),
    )
