"""A ticket as the rules see it, what becomes of it, and how the trunking tickets of an order stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from contracts.tickets import OpenedTicket, OpenSetupTicket, Outcome, ResolvedTicket, TicketRequest
from ticketing.domain.ids import to_text
from ticketing.domain.kinds import Kind
from ticketing.domain.states import OPEN, State

Key = tuple[str, str, Kind]
Request = TicketRequest | OpenSetupTicket  # what asks for one ticket, and is its body


@dataclass(frozen=True, slots=True)
class Resolution:
    """What the person who did the work says about it."""

    outcome: Outcome
    reason: str = ""
    activated_on: date | None = None
    trunk_group: str = ""
    numbers_confirmed: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class SignedResolution:
    """A resolution with the person who gave it, and when (business time)."""

    form: Resolution
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """There is one per order, item and kind. `run` is the run of the order that asked for it last."""

    ticket_id: int
    order_id: str
    partner_id: str
    kind: Kind
    item_id: str = ""
    state: State = "acknowledged"
    run: int = 1
    resolution: SignedResolution | None = None

    @property
    def key(self) -> Key:
        """An order has one ticket of each kind for each item; kinds that concern no item have an empty one."""
        return self.order_id, self.item_id, self.kind

    @property
    def is_open(self) -> bool:
        """Someone may still work it."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket as it is now, with its line in the history; `request` is its new body, if it gets one."""

    ticket: Ticket
    what: str
    why: str
    request: Request | None = None


def applied(tickets: Iterable[Ticket], changed: Iterable[Ticket]) -> list[Ticket]:
    """All of `tickets`, as they are now."""
    newest = {ticket.ticket_id: ticket for ticket in changed}
    return [newest.get(ticket.ticket_id, ticket) for ticket in tickets]


def by_order(tickets: Iterable[Ticket]) -> dict[str, list[Ticket]]:
    """Each order's tickets in the order given."""
    found: dict[str, list[Ticket]] = {}
    for ticket in tickets:
        found.setdefault(ticket.order_id, []).append(ticket)
    return found


def opened_ticket(ticket: Ticket) -> OpenedTicket:
    """As the saga hears of it; a setup ticket has a reply of its own."""
    assert ticket.kind != "setup"
    return OpenedTicket(ticket_id=to_text(ticket.ticket_id), kind=ticket.kind, item_id=ticket.item_id)


def resolved_ticket(ticket: Ticket) -> ResolvedTicket:
    """The ticket must have been resolved, and a setup ticket has a resolution of its own: see `setups`."""
    assert ticket.resolution is not None
    assert ticket.kind != "setup"
    form = ticket.resolution.form
    return ResolvedTicket(
        ticket_id=to_text(ticket.ticket_id),
        kind=ticket.kind,
        item_id=ticket.item_id,
        outcome=form.outcome,
        reason=form.reason,
        activated_on=form.activated_on,
    )


def trunking_progress(tickets: Iterable[Ticket], run: int) -> tuple[int, tuple[ResolvedTicket, ...]]:
    """How many trunking tickets of a run people still work, and those they have resolved.

    What an earlier run had built, and this one does not ask for, proves nothing.
    """
    trunks = [ticket for ticket in tickets if ticket.kind == "trunking" and ticket.run == run]
    still_open = sum(ticket.is_open for ticket in trunks)
    return still_open, tuple(resolved_ticket(ticket) for ticket in trunks if ticket.state == "resolved")
