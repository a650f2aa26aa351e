"""What each step of the saga asks of a participant: subject in, command out."""

from datetime import UTC
from zoneinfo import ZoneInfo

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
            if item.fulfilment == "hosted"
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
    """From here on they are the customer's; backordered ones are when they come."""
    return numbers.AssignNumbers(order_id=order.order_id, run=order.run, customer_id=order.customer_id)


def start_billing(order: Subject) -> catalog.StartBilling:
    """Numbers that are there now are billed now, backordered ones when they come."""
    reserved = order.reserved
    return catalog.StartBilling(
        order_id=order.order_id,
        run=order.run,
        numbers=len(reserved.numbers) if reserved else 0,
        backordered=sum(one.quantity for one in reserved.backordered) if reserved else 0,
    )


def waits_for_tickets(order: Subject) -> bool:
    """People work trunks, and have not closed all of them yet."""
    return order.trunking() and order.tickets_open != 0


def check_tickets(order: Subject) -> tickets.CheckTickets:
    """Asks what the events would have told, in case one was lost."""
    return tickets.CheckTickets(order_id=order.order_id, run=order.run)


def waits_for_backorder(order: Subject) -> bool:
    """Numbers are missing, and not all have come yet."""
    return order.backordered() and order.backorder_missing != 0


def check_backorder(order: Subject) -> numbers.CheckBackorder:
    """Asks what the event would have told, in case it was lost."""
    return numbers.CheckBackorder(order_id=order.order_id, run=order.run)


def has_hosted_delivery(order: Subject) -> bool:
    """Did a backorder bring numbers that go into the group?"""
    return order.group is not None and any(not one.trunking for one in order.delivered)


def add_numbers(order: Subject) -> broadsoft.AddNumbers:
    """Delivered numbers for the group; those for trunks are set up by people. There must be a group."""
    assert order.group is not None
    return broadsoft.AddNumbers(
        order_id=order.order_id,
        run=order.run,
        service_provider_id=order.group.service_provider_id,
        group_id=order.group.group_id,
        numbers=tuple(one.number for one in order.delivered if not one.trunking),
    )


def bill_delivered(order: Subject) -> catalog.BillDeliveredNumbers:
    """From the day, in the customer's zone, on which the last number came."""
    delivered_at = order.delivered_at
    assert delivered_at is not None
    return catalog.BillDeliveredNumbers(
        order_id=order.order_id,
        run=order.run,
        numbers=len(order.delivered),
        delivered_on=delivered_at.astimezone(UTC).astimezone(ZoneInfo(order.form.customer.time_zone)).date(),
    )


def close_tickets(order: Subject) -> tickets.CloseTickets:
    """All but the trunking tickets, which end by people only."""
    return tickets.CloseTickets(order_id=order.order_id, run=order.run)


def _open(order: Subject, wanted: tuple[tickets.TicketRequest, ...]) -> tickets.OpenTickets:
    """In each ticket days are those of the customer."""
    zone = order.form.customer.time_zone
    dated = tuple(one.model_copy(update={"time_zone": zone}) for one in wanted)
    return tickets.OpenTickets(order_id=order.order_id, run=order.run, partner_id=order.partner_id, tickets=dated)
