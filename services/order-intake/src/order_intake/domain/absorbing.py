"""What an order learns: an answer or an event is folded into it, and what that delivers is kept in order.

Events and answers to questions come by different ways: what says less than is known already is old, and ignored.
"""

from collections.abc import Iterator
from datetime import datetime

from contracts.broadsoft import GroupProvisioned, NumbersAdded
from contracts.catalog import DeliveryBilled, OrderPriced
from contracts.message import Message
from contracts.numbers import (
    BackorderAdvanced,
    BackorderChecked,
    BackorderFilled,
    NumbersReleased,
    NumbersReserved,
    ReservedNumber,
)
from contracts.tickets import (
    ResolvedTicket,
    SetupResolution,
    SetupTicketChecked,
    SetupTicketResolved,
    TicketResolved,
    TicketsChecked,
)
from order_intake.domain.deliveries import Delivery, arrivals, by_day, proofs, with_fees
from order_intake.domain.subject import Subject

Numbers = tuple[ReservedNumber, ...]


def absorb(order: Subject, message: Message) -> Subject:
    """What carries no facts leaves the order as it is."""
    match message:
        case OrderPriced():
            return order.model_copy(update={"priced": message})
        case NumbersReserved():
            return order.model_copy(update={"reserved": message})
        case GroupProvisioned():
            return order.model_copy(update={"group": message})
        case DeliveryBilled():
            return order.model_copy(update={"billed": message})
        case NumbersReleased():
            kept = tuple(one for one in order.delivered if not one.trunking)
            return order.model_copy(update={"returned": True, "delivered": kept})
        case NumbersAdded():
            return order.model_copy(update={"added": order.added + 1})
    return _of_people_and_stock(order, message)


def _of_people_and_stock(order: Subject, message: Message) -> Subject:
    match message:
        case BackorderFilled(numbers=numbers, filled_at=at):
            return _stock_came(order, numbers, 0, at)
        case BackorderAdvanced(numbers=numbers, missing=missing, advanced_at=at):
            return _stock_came(order, numbers, missing, at)
        case BackorderChecked(filled=numbers, missing=missing, filled_at=at):
            return _stock_came(order, numbers, missing, at)
        case TicketResolved(still_open=still_open, resolved=resolved):
            return _people_built(order, still_open, resolved)
        case TicketsChecked(open=still_open, resolved=resolved):
            return _people_built(order, still_open, resolved)
        case SetupTicketResolved(resolution=resolution):
            return _set_up(order, resolution)
        case SetupTicketChecked(resolution=SetupResolution() as resolution):
            return _set_up(order, resolution)
    return order


def _stock_came(order: Subject, numbers: Numbers, missing: int, at: datetime | None) -> Subject:
    """Numbers for seats are delivered when they come, those for a trunk when it is proven as well.

    What was given back may be told of once more: it was on its way.
    """
    new = arrivals(numbers, order.delivered)
    if order.returned:
        new = tuple(one for one in new if not one.trunking)
    if not new and len(numbers) < len(order.delivered):
        return order
    activated, seats = order.activated_on(), sum(not one.trunking for one in new)
    ready = [one for one in new if not one.trunking or activated]
    today = (at or order.submitted_at).astimezone(order.zone).date()
    return order.model_copy(
        update={
            "backorder_missing": missing,
            "delivered": (*order.delivered, *new),
            "delivered_at": at or order.delivered_at,
            "batches": (*order.batches, seats) if seats else order.batches,
            "given": (*order.given, *by_day(ready, order.zone, today, activated)),
        }
    )


def _people_built(order: Subject, still_open: int, resolved: tuple[ResolvedTicket, ...]) -> Subject:
    """Trunks are delivered by their proof, and the first proof delivers the numbers for trunking."""
    if len(resolved) < len(order.resolved):
        return order
    before, now = proofs(order.resolved), proofs(resolved)
    new = sorted(now.keys() - before.keys(), key=lambda item_id: (now[item_id], item_id))
    given = [Delivery(items=with_fees([one], order.priced_items()), on=now[one]) for one in new]
    if given and not before:
        given = [*_with_numbers(order, given), *_came_before(order, given)]
    given = [one for one in given if one.items or one.numbers]
    update = {"tickets_open": still_open, "resolved": resolved, "given": (*order.given, *given)}
    return order.model_copy(update=update)


def _with_numbers(order: Subject, given: list[Delivery]) -> list[Delivery]:
    """What was reserved for trunking is delivered with the first trunk."""
    reserved = order.reserved.numbers if order.reserved else ()
    first = given[0].model_copy(update={"numbers": sum(one.trunking for one in reserved)})
    return [first, *given[1:]]


def _came_before(order: Subject, given: list[Delivery]) -> Iterator[Delivery]:
    """Numbers that came to the backorder of a trunk that was not there yet."""
    activated = given[0].on
    assert activated is not None
    came = [one for one in order.delivered if one.trunking]
    return by_day(came, order.zone, activated, activated)


def _set_up(order: Subject, resolution: SetupResolution) -> Subject:
    if order.setup is not None:
        return order
    given = order.given
    if resolution.outcome == "done":
        items = with_fees([item.item_id for item in order.elsewhere()], order.priced_items())
        given = (*given, Delivery(items=items, on=resolution.activated_on))
    return order.model_copy(update={"setup": resolution, "given": given})
