"""Which tickets end when an order is taken back or has ended."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from contracts.message import Command
from contracts.tickets import CancelSetupTicket, CancelTickets, CloseTickets
from ticketing.domain.ids import to_text
from ticketing.domain.kinds import CLOSED_WITH_ORDER, KINDS, Kind
from ticketing.domain.states import State, move
from ticketing.domain.tickets import Change, Ticket, by_order

Cancels = CancelTickets | CancelSetupTicket


def cancel(commands: Sequence[Cancels], tickets: Iterable[Ticket]) -> list[Change]:
    """What the undo of a run ends: open tickets of the kinds it means."""
    endings = [(one, kinds_of(one), one.reason or f"Run {one.run} of the order was taken back.") for one in commands]
    return _end(endings, tickets, "cancelled")


def kinds_of(command: Cancels) -> tuple[Kind, ...]:
    """All kinds when it names none."""
    return ("setup",) if isinstance(command, CancelSetupTicket) else command.kinds or KINDS


def close(commands: Sequence[CloseTickets], tickets: Iterable[Ticket]) -> list[Change]:
    """What ends with the order; what people build ends by people only."""
    return _end([(one, CLOSED_WITH_ORDER, "The order has ended.") for one in commands], tickets, "closed")


def _end(
    endings: Sequence[tuple[Command, tuple[Kind, ...], str]], tickets: Iterable[Ticket], state: State
) -> list[Change]:
    """A ticket that has ended already stays as it is, and so does one that a newer run has asked for."""
    of_orders = by_order(tickets)
    changes: dict[int, Change] = {}
    for command, kinds, why in endings:
        for ticket in of_orders.get(command.order_id, ()):
            if ticket.is_open and ticket.kind in kinds and ticket.run <= command.run:
                ended = replace(ticket, state=move(ticket.state, state))
                changes.setdefault(ticket.ticket_id, Change(ended, state, why))
    return list(changes.values())


def ids_in_state(tickets: Iterable[Ticket], kinds: Sequence[Kind], state: State) -> tuple[str, ...]:
    """Those of `kinds` that are in `state` now, so that a repeat answers the same."""
    return tuple(to_text(one.ticket_id) for one in tickets if one.state == state and one.kind in kinds)
