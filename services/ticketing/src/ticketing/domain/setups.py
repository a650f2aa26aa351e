"""How the setup ticket of an order stands, as the saga hears of it."""

from collections.abc import Iterable

from contracts.tickets import SetupResolution
from ticketing.domain.ids import to_text
from ticketing.domain.tickets import Ticket


def setup_resolution(ticket: Ticket) -> SetupResolution:
    """The ticket must have been resolved."""
    assert ticket.resolution is not None
    form = ticket.resolution.form
    return SetupResolution(
        ticket_id=to_text(ticket.ticket_id), outcome=form.outcome, reason=form.reason, activated_on=form.activated_on
    )


def how_resolved(tickets: Iterable[Ticket]) -> SetupResolution | None:
    """Of all tickets of an order; None while people work its setup ticket, and where it has none that they resolved."""
    found = (one for one in tickets if one.kind == "setup" and one.state == "resolved")
    return next(map(setup_resolution, found), None)
