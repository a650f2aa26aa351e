"""ticketing: the tickets that people work: one order ticket per order, and trunking, backorder and 911 tickets."""

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from contracts import bounds
from contracts.bounds import Body, Count, Day, Identifier, Label, Line, PerTicket, Quantity, Sentence, ShortId, TimeZone
from contracts.cutting import Cut, fewer, share
from contracts.message import Command, Event, Reply, Value

TicketKind = Literal["order", "trunking", "backorder", "e911"]
Outcome = Literal["done", "cannot-do"]


class Detail(Value):
    """One line of the ticket's body: what the paper form carried, as name and value."""

    name: Label
    value: Body


def _rest(left_out: Sequence[Any]) -> Detail:
    return Detail(name="left out", value=f"{len(left_out)} lines")


class TicketRequest(Value):
    """One ticket to open; `due` is the day by which people should have worked it.

    `time_zone` is the IANA name of the zone in which the customer counts days; empty where it is not told.
    Of too many `details` the last one counts those that are left out.
    """

    kind: TicketKind
    summary: Line
    item_id: ShortId = ""
    details: Annotated[
        tuple[Detail, ...],
        BeforeValidator(fewer(bounds.TICKET_LINES, bounds.TICKET_LINES - 1, _rest)),
        Field(max_length=bounds.TICKET_LINES),
    ] = ()
    due: Day | None = None
    time_zone: TimeZone = ""


def _within_bodies(tickets: tuple[TicketRequest, ...]) -> tuple[TicketRequest, ...]:
    """Each trunking ticket repeats the numbers of its order, so two hundred of them may be too much for one message.

    The longest values are then cut, all to the same length.
    """
    lengths = [len(line.value) for ticket in tickets for line in ticket.details]
    if sum(lengths) <= bounds.BODIES:
        return tickets
    shorter = Cut(share(lengths, bounds.BODIES))
    cut = [tuple(Detail(name=line.name, value=shorter(line.value)) for line in ticket.details) for ticket in tickets]
    return tuple(ticket.model_copy(update={"details": lines}) for ticket, lines in zip(tickets, cut, strict=True))


class OpenedTicket(Value):
    """The id that people say, with the kind and item by which the order knows its ticket."""

    ticket_id: ShortId
    kind: TicketKind
    item_id: ShortId = ""


class OpenTickets(Command):
    """Opens what is not open yet: one ticket per order, item and kind, whatever is repeated.

    Where all tickets together say more than a message holds, their longest values are cut.
    """

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"
    partner_id: Identifier
    tickets: Annotated[PerTicket[TicketRequest], AfterValidator(_within_bodies)]


class TicketsOpened(Reply):
    """The tickets of the request, whether opened now or before."""

    owner: ClassVar[str] = "tickets"
    tickets: PerTicket[OpenedTicket]


class CancelTickets(Command):
    """Undo of `OpenTickets`: every open ticket of the kinds (all when empty) is cancelled."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"
    kinds: Annotated[tuple[TicketKind, ...], Field(max_length=bounds.KINDS)] = ()
    reason: Sentence = ""


class TicketsCancelled(Reply):
    """The tickets that are cancelled now."""

    owner: ClassVar[str] = "tickets"
    tickets: PerTicket[ShortId]


class CheckTickets(Command):
    """Asks how the trunking tickets of an order stand; heals a lost `TicketResolved`."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"


class ResolvedTicket(Value):
    """How people ended a ticket: `done` has its activation date, `cannot-do` the beginning of its reason."""

    ticket_id: ShortId
    kind: TicketKind
    item_id: ShortId = ""
    outcome: Outcome
    reason: Sentence = ""
    activated_on: Day | None = None


class TicketsChecked(Reply):
    """`open` counts the trunking tickets that people still work."""

    owner: ClassVar[str] = "tickets"
    open: Count
    resolved: PerTicket[ResolvedTicket]


class CloseTickets(Command):
    """The order has ended: its order ticket and follow-up tickets are closed."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"


class TicketsClosed(Reply):
    """The tickets that are closed now."""

    owner: ClassVar[str] = "tickets"
    tickets: PerTicket[ShortId]


class TicketResolved(Event):
    """A person resolved a ticket; `still_open` counts the trunking tickets of the order that remain."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.events"
    partner_id: Identifier
    run: Quantity
    ticket: ResolvedTicket
    resolved_by: Line
    still_open: Count
    resolved: PerTicket[ResolvedTicket]


COMMANDS = (OpenTickets, CancelTickets, CheckTickets, CloseTickets)
