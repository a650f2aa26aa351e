"""Commands in, replies out: open, cancel, check and close the tickets of orders. All of them take whole batches."""

from collections.abc import Sequence

from chassis.facts import partner_keys
from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from chassis.runtime.database import Connection
from contracts import topics
from contracts.message import Command, Message, Reply
from contracts.partners import PartnerKey
from contracts.tickets import (
    COMMANDS,
    CancelTickets,
    CheckTickets,
    CloseTickets,
    OpenTickets,
    TicketsCancelled,
    TicketsChecked,
    TicketsClosed,
    TicketsOpened,
)
from ticketing.domain import ending
from ticketing.domain.opening import decide_opening, requests
from ticketing.domain.tickets import applied, by_order, opened_ticket, trunking_progress
from ticketing.store import changes, tickets

SAGA = "order-intake"  # who sends the commands; the history names it where no person acted


async def lock(messages: Sequence[Message], connection: Connection) -> None:
    """The tickets of all orders of a batch, where several handlers would lock their own one after another."""
    if len({type(one) for one in messages}) > 1:
        await tickets.lock_rows(connection, order_ids([one for one in messages if isinstance(one, Command)]))


async def open_tickets(commands: Sequence[OpenTickets], unit: Unit) -> Sequence[Reply]:
    standing = await tickets.lock(unit.connection, order_ids(commands))
    opening = decide_opening(commands, standing)
    new = await changes.open_new(unit.connection, opening.new, SAGA, unit.business_now)
    await changes.change(unit.connection, list(opening.changes.values()), SAGA, unit.business_now)
    found = {ticket.key: ticket for ticket in [*standing, *new]}
    return [
        TicketsOpened(
            order_id=one.order_id, run=one.run, tickets=tuple(opened_ticket(found[key]) for key in requests(one))
        )
        for one in commands
    ]


async def cancel(commands: Sequence[CancelTickets], unit: Unit) -> Sequence[Reply]:
    standing = await tickets.lock(unit.connection, order_ids(commands))
    cancelled = ending.cancel(commands, standing)
    await changes.change(unit.connection, cancelled, SAGA, unit.business_now)
    after = by_order(applied(standing, [one.ticket for one in cancelled]))
    return [
        TicketsCancelled(
            order_id=one.order_id,
            run=one.run,
            tickets=ending.ids_in_state(after.get(one.order_id, ()), one.kinds or ending.KINDS, "cancelled"),
        )
        for one in commands
    ]


async def check(commands: Sequence[CheckTickets], unit: Unit) -> Sequence[Reply]:
    standing = by_order(await tickets.standing(unit.connection, order_ids(commands)))
    replies = []
    for one in commands:
        still_open, resolved = trunking_progress(standing.get(one.order_id, ()))
        replies.append(TicketsChecked(order_id=one.order_id, run=one.run, open=still_open, resolved=resolved))
    return replies


async def close(commands: Sequence[CloseTickets], unit: Unit) -> Sequence[Reply]:
    standing = await tickets.lock(unit.connection, order_ids(commands))
    closed = ending.close(commands, standing)
    await changes.change(unit.connection, closed, SAGA, unit.business_now)
    after = by_order(applied(standing, [one.ticket for one in closed]))
    return [
        TicketsClosed(
            order_id=one.order_id,
            run=one.run,
            tickets=ending.ids_in_state(after.get(one.order_id, ()), ending.CLOSED_WITH_ORDER, "closed"),
        )
        for one in commands
    ]


def order_ids(commands: Sequence[Command]) -> list[str]:
    return sorted({command.order_id for command in commands})


def make() -> Service:
    """The service with everything it handles."""
    service = Service("ticketing", [topics.TICKETS_COMMANDS, topics.PARTNERS_KEYS], lock=lock)
    service.on_batch(OpenTickets)(open_tickets)
    service.on_batch(CancelTickets)(cancel)
    service.on_batch(CheckTickets)(check)
    service.on_batch(CloseTickets)(close)
    service.on_batch(PartnerKey)(partner_keys.keep)
    service.check(COMMANDS)
    return service
