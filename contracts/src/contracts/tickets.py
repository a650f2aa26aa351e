"""ticketing: the tickets that people work: one order ticket per order, trunking, setup, backorder and 911 tickets."""

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


Details = Annotated[
    tuple[Detail, ...],
    BeforeValidator(fewer(bounds.TICKET_LINES, bounds.TICKET_LINES - 1, _rest)),
    Field(max_length=bounds.TICKET_LINES),
]


class TicketRequest(Value):
    """One ticket to open; `due` is the day by which people should have worked it.

    `time_zone` is the IANA name of the zone in which the customer counts days; empty where it is not told.
    Of too many `details` the last one counts those that are left out.
    """

    kind: TicketKind
    summary: Line
    item_id: ShortId = ""
    details: Details = ()
    due: Day | None = None
    time_zone: TimeZone = ""


def _within_bodies(tickets: tuple[TicketRequest, ...]) -> tuple[TicketRequest, ...]:
    """Each trunking ticket repeats the numbers of its order, so two hundred of them may be too much for one message.

    The longest values are then cut, all to the same length.
    """
    shorter = _shorter([line for ticket in tickets for line in ticket.details])
    if shorter is None:
        return tickets
    return tuple(one.model_copy(update={"details": _cut(one.details, shorter)}) for one in tickets)


def _within_body(details: tuple[Detail, ...]) -> tuple[Detail, ...]:
    """The same of one ticket."""
    shorter = _shorter(details)
    return details if shorter is None else _cut(details, shorter)


def _shorter(lines: Sequence[Detail]) -> Cut | None:
    lengths = [len(line.value) for line in lines]
    return Cut(share(lengths, bounds.BODIES)) if sum(lengths) > bounds.BODIES else None


def _cut(details: tuple[Detail, ...], shorter: Cut) -> tuple[Detail, ...]:
    return tuple(Detail(name=line.name, value=shorter(line.value)) for line in details)


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
    """The order has ended: its order ticket and follow-up tickets are closed, but what people alone can end."""

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


class OpenSetupTicket(Command):
    """Opens the ticket by which people set up elsewhere what no platform of ours builds: one per order.

    `due` and `time_zone` are as in a TicketRequest. Where the ticket says more than a message holds, its longest values
    are cut.
    """

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"
    partner_id: Identifier
    summary: Line
    details: Annotated[Details, AfterValidator(_within_body)] = ()
    due: Day | None = None
    time_zone: TimeZone = ""


class SetupTicketOpened(Reply):
    """Opened now or before."""

    owner: ClassVar[str] = "tickets"
    ticket_id: ShortId


class CancelSetupTicket(Command):
    """Undo of `OpenSetupTicket`."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"
    reason: Sentence = ""


class SetupTicketCancelled(Reply):
    """No setup ticket of the run is open."""

    owner: ClassVar[str] = "tickets"


class SetupResolution(Value):
    """How people ended it: `done` has the day on which it was activated, `cannot-do` the beginning of its reason."""

    ticket_id: ShortId
    outcome: Outcome
    reason: Sentence = ""
    activated_on: Day | None = None


class CheckSetupTicket(Command):
    """Asks how the setup ticket of an order stands; heals a lost `SetupTicketResolved`."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.commands"


class SetupTicketChecked(Reply):
    """Without a resolution while people still work it."""

    owner: ClassVar[str] = "tickets"
    resolution: SetupResolution | None = None


class SetupTicketResolved(Event):
    """A person resolved the setup ticket of an order."""

    owner: ClassVar[str] = "tickets"
    topic: ClassVar[str] = "tickets.events"
    partner_id: Identifier
    run: Quantity
    resolution: SetupResolution
    resolved_by: Line


COMMANDS = (
    OpenTickets,
    CancelTickets,
    CheckTickets,
    CloseTickets,
    OpenSetupTicket,
    CancelSetupTicket,
    CheckSetupTicket,
)
