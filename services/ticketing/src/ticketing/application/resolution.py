"""A person resolves a ticket: decided under the locks of its order's tickets, and published in the same transaction."""

from collections.abc import Callable, Sequence

from chassis.messaging.unit import Unit
from contracts.tickets import SetupTicketResolved, TicketResolved
from ticketing.domain.kinds import Kind
from ticketing.domain.resolving import Days, activation_days, check_resolvable, resolve
from ticketing.domain.setups import setup_resolution
from ticketing.domain.tickets import Resolution, Ticket, applied, resolved_ticket, trunking_progress
from ticketing.store import changes, tickets

ReadForm = Callable[[Kind, Days], Resolution]


class UnknownTicket(LookupError):
    """No ticket has this id."""


async def resolve_ticket(unit: Unit, ticket_id: int, read: ReadForm, who: str) -> None:
    """`read` gets the kind of the ticket and the days that an activation may have; what it raises comes out.

    A repeat of the same form writes and emits nothing. Raises UnknownTicket and NotAllowed.
    """
    of_order = await tickets.lock_siblings(unit.connection, ticket_id)
    ticket = next((one for one in of_order if one.ticket_id == ticket_id), None)
    if ticket is None:
        raise UnknownTicket(ticket_id)
    check_resolvable(ticket)
    opened_at, time_zone = await tickets.opened(unit.connection, ticket_id)
    resolution = read(ticket.kind, activation_days(opened_at, unit.business_now, time_zone))
    after = resolve(ticket, resolution, who, unit.business_now)
    if after is ticket:
        return
    assert after.resolution is not None
    await changes.resolve(unit.connection, ticket_id, after.resolution)
    unit.emit(resolved_event(after, who, applied(of_order, [after])))


def resolved_event(ticket: Ticket, who: str, of_order: Sequence[Ticket]) -> TicketResolved | SetupTicketResolved:
    """Carries how all trunking tickets of the order stand, or its setup ticket, so that the saga need not ask."""
    if ticket.kind == "setup":
        return SetupTicketResolved(
            order_id=ticket.order_id,
            partner_id=ticket.partner_id,
            run=ticket.run,
            resolution=setup_resolution(ticket),
            resolved_by=who,
        )
    still_open, resolved = trunking_progress(of_order, ticket.run)
    return TicketResolved(
        order_id=ticket.order_id,
        partner_id=ticket.partner_id,
        run=ticket.run,
        ticket=resolved_ticket(ticket),
        resolved_by=who,
        still_open=still_open,
        resolved=resolved,
    )
