"""What each step of the saga asks of a participant: subject in, command out."""

from collections.abc import Iterable
from datetime import UTC

from contracts import broadsoft, catalog, numbers, tickets
from order_intake.domain import ticket_bodies
from order_intake.domain.subject import Subject


def price_order(order: Subject) -> catalog.PriceOrder:
    """`numbers` counts the chosen and the searched ones: the first ones may be free of charge."""
    form = order.form
    return catalog.PriceOrder(
        order_id=order.order_id,
        run=order.run,
        partner_id=order.partner_id,
        customer_id=order.customer_id,
        time_zone=form.customer.time_zone,
        submitted_on=order.submitted_on,
        billing_start=order.billing_start(),
        items=tuple(
            catalog.OrderedItem(
                item_id=str(index), package=item.package, quantity=item.quantity, trunking=item.trunk is not None
            )
            for index, item in enumerate(form.items, 1)
        ),
        numbers=len(form.numbers) + sum(search.quantity for search in form.number_searches),
    )


def discard_charges(order: Subject) -> catalog.DiscardCharges:
    """Only while nothing is posted: it is the undo of pricing, before the pivot."""
    return catalog.DiscardCharges(order_id=order.order_id, run=order.run)


def reserve_numbers(order: Subject) -> numbers.ReserveNumbers:
    """Chosen numbers are all or nothing; what a search lacks is backordered."""
    form = order.form
    return numbers.ReserveNumbers(
        order_id=order.order_id,
        run=order.run,
        partner_id=order.partner_id,
        chosen=tuple(numbers.ChosenNumber(number=one.number, trunking=one.trunking) for one in form.numbers),
        wanted=tuple(numbers.WantedNumbers(**dict(search)) for search in form.number_searches),
    )


def release_numbers(order: Subject) -> numbers.ReleaseNumbers:
    """Also cancels what the run has backordered."""
    return numbers.ReleaseNumbers(order_id=order.order_id, run=order.run)


def open_e911_ticket(order: Subject) -> tickets.OpenTickets:
    """For an order whose 911 location is to come later (`e911.lacks_location`): it waits at the gate."""
    return _open(order, (ticket_bodies.e911(order),))


def cancel_e911_ticket(order: Subject) -> tickets.CancelTickets:
    """Of all kinds only this one: the others are opened later, by another step."""
    return tickets.CancelTickets(order_id=order.order_id, run=order.run, kinds=("e911",), reason="order taken back")


def provision_group(order: Subject) -> broadsoft.ProvisionGroup:
    """Hosted items only, with the seats that the catalog counted: the order must have been priced."""
    form, priced = order.form, order.priced
    assert priced is not None
    customer = form.customer
    return broadsoft.ProvisionGroup(
        order_id=order.order_id,
        run=order.run,
        enterprise=broadsoft.Enterprise(
            service_provider_id=order.service_provider_id, name=form.enterprise, new=order.enterprise_new
        ),
        group=broadsoft.Group(
            group_id=order.group_id,
            name=customer.account_name,
            domain=customer.domain,
            time_zone=customer.time_zone,
            contact_name=f"{customer.first_name} {customer.last_name}".strip(),
            contact_email=customer.email,
            new=order.group_new,
        ),
        items=tuple(
            broadsoft.Seats(package=item.package, quantity=item.quantity, seats=item.seats)
            for item in priced.items
            if item.fulfilment == "hosted" and not item.elsewhere
        ),
        numbers=order.hosted_numbers(),
    )


def remove_group(order: Subject) -> broadsoft.RemoveGroup:
    """Takes back what this run made; what other orders rely on stays."""
    return broadsoft.RemoveGroup(order_id=order.order_id, run=order.run)


def open_tickets(order: Subject) -> tickets.OpenTickets:
    """The order's own, one for each trunk group, and one for what is backordered."""
    wanted = [ticket_bodies.order(order), *ticket_bodies.trunking(order)]
    if order.backordered():
        wanted.append(ticket_bodies.backorder(order))
    return _open(order, tuple(wanted))


def cancel_tickets(order: Subject) -> tickets.CancelTickets:
    """Of every kind that is still open."""
    return tickets.CancelTickets(order_id=order.order_id, run=order.run, reason="order taken back")


def assign_numbers(order: Subject) -> numbers.AssignNumbers:
    """Version 1: from here on they are the customer's; backordered ones are when they come."""
    return numbers.AssignNumbers(order_id=order.order_id, run=order.run, customer_id=order.customer_id)


def start_billing(order: Subject) -> catalog.StartBilling:
    """Version 1: numbers that are there now are billed now, backordered ones when they come."""
    reserved = order.reserved
    return catalog.StartBilling(
        order_id=order.order_id,
        run=order.run,
        numbers=len(reserved.numbers) if reserved else 0,
        backordered=sum(one.quantity for one in reserved.backordered) if reserved else 0,
    )


def assign_hosted_numbers(order: Subject) -> numbers.AssignNumbers:
    """Of seats alone: those for trunking stay reserved until a trunk is proven."""
    return numbers.AssignNumbers(order_id=order.order_id, run=order.run, customer_id=order.customer_id, side="hosted")


def assign_trunk_numbers(order: Subject) -> numbers.AssignNumbers:
    """What is reserved for trunking, and what comes to its backorder later."""
    return numbers.AssignNumbers(order_id=order.order_id, run=order.run, customer_id=order.customer_id, side="trunking")


def return_trunk_numbers(order: Subject) -> numbers.ReleaseNumbers:
    """People could not build a trunk: its numbers are free again, and its backorders wait no longer."""
    return numbers.ReleaseNumbers(order_id=order.order_id, run=order.run, side="trunking")


def bill_delivery(order: Subject) -> catalog.BillDelivered:
    """The first delivery that is not billed yet; there must be one."""
    delivery = order.billed.deliveries if order.billed else 0
    one = order.deliveries()[delivery]
    return catalog.BillDelivered(
        order_id=order.order_id, run=order.run, delivery=delivery, items=one.items, numbers=one.numbers, on=one.on
    )


def add_batch(order: Subject) -> broadsoft.AddNumbers:
    """The first numbers for seats that came to the backorder together and are not in the group yet."""
    begin = sum(order.batches[: order.added])
    seats = [one.number for one in order.delivered if not one.trunking]
    return _add_numbers(order, seats[begin : begin + order.batches[order.added]])


def _add_numbers(order: Subject, added: Iterable[str]) -> broadsoft.AddNumbers:
    assert order.group is not None
    return broadsoft.AddNumbers(
        order_id=order.order_id,
        run=order.run,
        service_provider_id=order.group.service_provider_id,
        group_id=order.group.group_id,
        numbers=tuple(added),
    )


def check_tickets(order: Subject) -> tickets.CheckTickets:
    """Asks what the events would have told, in case one was lost."""
    return tickets.CheckTickets(order_id=order.order_id, run=order.run)


def check_backorder(order: Subject) -> numbers.CheckBackorder:
    """Asks what the event would have told, in case it was lost."""
    return numbers.CheckBackorder(order_id=order.order_id, run=order.run)


def open_setup_ticket(order: Subject) -> tickets.OpenSetupTicket:
    """Names all that people set up on other platforms."""
    return ticket_bodies.setup(order)


def cancel_setup_ticket(order: Subject) -> tickets.CancelSetupTicket:
    """Unless people have resolved it."""
    return tickets.CancelSetupTicket(order_id=order.order_id, run=order.run, reason="order taken back")


def check_setup_ticket(order: Subject) -> tickets.CheckSetupTicket:
    """Asks what the event would have told, in case it was lost."""
    return tickets.CheckSetupTicket(order_id=order.order_id, run=order.run)


def add_numbers(order: Subject) -> broadsoft.AddNumbers:
    """Version 1: delivered numbers for the group, all at once."""
    return _add_numbers(order, (one.number for one in order.delivered if not one.trunking))


def bill_delivered(order: Subject) -> catalog.BillDeliveredNumbers:
    """Version 1: from the day, in the customer's zone, on which the last number came."""
    delivered_at = order.delivered_at
    assert delivered_at is not None
    return catalog.BillDeliveredNumbers(
        order_id=order.order_id,
        run=order.run,
        numbers=len(order.delivered),
        delivered_on=delivered_at.astimezone(UTC).astimezone(order.zone).date(),
    )


def close_tickets(order: Subject) -> tickets.CloseTickets:
    """All but the trunking tickets, which end by people only."""
    return tickets.CloseTickets(order_id=order.order_id, run=order.run)


def _open(order: Subject, wanted: tuple[tickets.TicketRequest, ...]) -> tickets.OpenTickets:
    """In each ticket days are those of the customer."""
    zone = order.form.customer.time_zone
    dated = tuple(one.model_copy(update={"time_zone": zone}) for one in wanted)
    return tickets.OpenTickets(order_id=order.order_id, run=order.run, partner_id=order.partner_id, tickets=dated)
