"""Commands in, replies out: open, cancel, check and close the tickets of orders. All of them take whole batches."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from chassis.facts import partner_keys
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from chassis.runtime.database import Connection
from contracts import topics
from contracts.message import Command, Message, Reply
from contracts.partners import PartnerKey
from contracts.tickets import (
    COMMANDS,
    CancelSetupTicket,
    CancelTickets,
    CheckSetupTicket,
    CheckTickets,
    CloseTickets,
    OpenSetupTicket,
    OpenTickets,
    SetupTicketCancelled,
    SetupTicketChecked,
    SetupTicketOpened,
    TicketsCancelled,
    TicketsChecked,
    TicketsClosed,
    TicketsOpened,
)
from ticketing.domain import ending
from ticketing.domain.ids import to_text
from ticketing.domain.kinds import CLOSED_WITH_ORDER
from ticketing.domain.opening import Opens, decide_opening, requests
from ticketing.domain.setups import how_resolved
from ticketing.domain.tickets import Change, Key, Ticket, applied, by_order, opened_ticket, trunking_progress
from ticketing.store import changes, tickets

C = TypeVar("C", bound=Command)
OPENS: tuple[type[Opens], ...] = (OpenTickets, OpenSetupTicket)
SAGA = "order-intake"  # who sends the commands; the history names it where no person acted


async def lock(messages: Sequence[Message], connection: Connection) -> None:
    """The tickets of all orders of a batch, where several handlers would lock their own one after another."""
    if len({type(one) for one in messages}) > 1:
        await tickets.lock_rows(connection, order_ids([one for one in messages if isinstance(one, Command)]))


async def open_tickets(commands: Sequence[Opens], unit: Unit) -> Sequence[Reply]:
    """Both commands in one statement: another process may run the second of two first, and each waits for the other."""
    standing = await tickets.lock(unit.connection, order_ids(commands))
    opening = decide_opening(commands, standing)
    new = await changes.open_new(unit.connection, opening.new, SAGA, unit.business_now)
    await changes.change(unit.connection, list(opening.changes.values()), SAGA, unit.business_now)
    found = {ticket.key: ticket for ticket in [*standing, *new]}
    return [opened(one, found) for one in commands]


def opened(command: Opens, found: Mapping[Key, Ticket]) -> Reply:
    its = [found[key] for key in requests(command)]
    if isinstance(command, OpenSetupTicket):
        (ticket,) = its
        return SetupTicketOpened(order_id=command.order_id, run=command.run, ticket_id=to_text(ticket.ticket_id))
    return TicketsOpened(order_id=command.order_id, run=command.run, tickets=tuple(map(opened_ticket, its)))


async def cancel(commands: Sequence[CancelTickets], unit: Unit) -> Sequence[Reply]:
    after = await end(commands, ending.cancel, unit)
    return [
        TicketsCancelled(
            order_id=one.order_id,
            run=one.run,
            tickets=ending.ids_in_state(after.get(one.order_id, ()), ending.kinds_of(one), "cancelled"),
        )
        for one in commands
    ]


async def cancel_setup(commands: Sequence[CancelSetupTicket], unit: Unit) -> Sequence[Reply]:
    await end(commands, ending.cancel, unit)
    return [SetupTicketCancelled(order_id=one.order_id, run=one.run) for one in commands]


async def check(commands: Sequence[CheckTickets], unit: Unit) -> Sequence[Reply]:
    standing = by_order(await tickets.standing(unit.connection, order_ids(commands)))
    replies = []
    for one in commands:
        still_open, resolved = trunking_progress(standing.get(one.order_id, ()), one.run)
        replies.append(TicketsChecked(order_id=one.order_id, run=one.run, open=still_open, resolved=resolved))
    return replies


async def check_setup(commands: Sequence[CheckSetupTicket], unit: Unit) -> Sequence[Reply]:
    standing = by_order(await tickets.standing(unit.connection, order_ids(commands)))
    return [
        SetupTicketChecked(order_id=one.order_id, run=one.run, resolution=how_resolved(standing.get(one.order_id, ())))
        for one in commands
    ]


async def close(commands: Sequence[CloseTickets], unit: Unit) -> Sequence[Reply]:
    after = await end(commands, ending.close, unit)
    return [
        TicketsClosed(
            order_id=one.order_id,
            run=one.run,
            tickets=ending.ids_in_state(after.get(one.order_id, ()), CLOSED_WITH_ORDER, "closed"),
        )
        for one in commands
    ]


async def end(
    commands: Sequence[C], decide: Callable[[Sequence[C], Iterable[Ticket]], list[Change]], unit: Unit
) -> dict[str, list[Ticket]]:
    """The tickets of each order as they are afterwards."""
    standing = await tickets.lock(unit.connection, order_ids(commands))
    ended = decide(commands, standing)
    await changes.change(unit.connection, ended, SAGA, unit.business_now)
    return by_order(applied(standing, [one.ticket for one in ended]))


def order_ids(commands: Sequence[Command]) -> list[str]:
    return sorted({command.order_id for command in commands})


def make() -> Service:
    """The service with everything it handles."""
    service = Service("ticketing", [topics.TICKETS_COMMANDS, topics.PARTNERS_KEYS], lock=lock)
    service.on_batch(*OPENS)(open_tickets)
    service.on_batch(CancelTickets)(cancel)
    service.on_batch(CancelSetupTicket)(cancel_setup)
    service.on_batch(CheckTickets)(check)
    service.on_batch(CheckSetupTicket)(check_setup)
    service.on_batch(CloseTickets)(close)
    service.on_batch(PartnerKey)(partner_keys.keep)
    service.check(COMMANDS)
    return service
