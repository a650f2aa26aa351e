"""ticketing: the tickets that people work: one order ticket per order, and trunking, backorder and 911 tickets."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from contracts.message import Command, Count, Event, Reply, Value

TicketKind = Literal["order", "trunking", "backorder", "e911"]
Outcome = Literal["done", "cannot-do"]


class Detail(Value):
    """One line of the ticket's body: what the paper form carried, as name and value."""

    name: str
    value: str


class TicketRequest(Value):
    """One ticket to open; `due` is the day by which people should have worked it."""

    kind: TicketKind
    summary: str
    item_id: str = ""
    details: tuple[Detail, ...] = ()
    due: date | None = None


class OpenedTicket(Value):
    """The id that people say, with the kind and item by which the order knows its ticket."""

    ticket_id: str
    kind: TicketKind
    item_id: str = ""


class OpenTickets(Command):
    """Opens what is not open yet: one ticket per order, item and kind, whatever is repeated."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"
    partner_id: str
    tickets: tuple[TicketRequest, ...]


class TicketsOpened(Reply):
    """The tickets of the request, whether opened now or before."""

    owner: ClassVar[str] = "tickets"
    tickets: tuple[OpenedTicket, ...]


class CancelTickets(Command):
    """Undo of `OpenTickets`: every open ticket of the kinds (all when empty) is cancelled."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"
    kinds: tuple[TicketKind, ...] = ()
    reason: str = ""


class TicketsCancelled(Reply):
    """The tickets that are cancelled now."""

    owner: ClassVar[str] = "tickets"
    tickets: tuple[str, ...]


class CheckTickets(Command):
    """Asks how the trunking tickets of an order stand; heals a lost `TicketResolved`."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"


class ResolvedTicket(Value):
    """How people ended a ticket: `done` has its activation date, `cannot-do` its reason."""

    ticket_id: str
    kind: TicketKind
    item_id: str = ""
    outcome: Outcome
    reason: str = ""
    activated_on: date | None = None


class TicketsChecked(Reply):
    """`open` counts the trunking tickets that people still work."""

    owner: ClassVar[str] = "tickets"
    open: Count
    resolved: tuple[ResolvedTicket, ...]


class CloseTickets(Command):
    """The order has ended: its order ticket and follow-up tickets are closed."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"


class TicketsClosed(Reply):
    """The tickets that are closed now."""

    owner: ClassVar[str] = "tickets"
    tickets: tuple[str, ...]


class TicketResolved(Event):
    """A person resolved a ticket; `still_open` counts the trunking tickets of the order that remain."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.events"
    partner_id: str
    run: int = Field(ge=1)
    ticket: ResolvedTicket
    resolved_by: str
    still_open: Count
    resolved: tuple[ResolvedTicket, ...]


COMMANDS = (OpenTickets, CancelTickets, CheckTickets, CloseTickets)
