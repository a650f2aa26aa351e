"""Commands in, replies out: open, cancel, check and close the tickets of orders. All of them take whole batches."""

from collections.abc import Sequence

from chassis.messaging.service import Service
from chassis.messaging.unit import Unit
from contracts import topics
from contracts.message import Command, Reply
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
from ticketing import store
from ticketing.domain import ending
from ticketing.domain.opening import plan, requests
from ticketing.domain.tickets import applied, by_order, opened, trunking

ticketing = Service("ticketing", listens_to=[topics.TICKETS_COMMANDS])
SAGA = "order-intake"  # who sends the commands; the history names it where no person acted


@ticketing.on_batch(OpenTickets)
async def open_tickets(commands: Sequence[OpenTickets], unit: Unit) -> Sequence[Reply]:
    standing = await store.lock(unit.connection, orders(commands))
    opening = plan(commands, standing)
    new = await store.open_new(unit.connection, opening.new, SAGA)
    await store.change(unit.connection, list(opening.changes.values()), SAGA)
    found = {ticket.key: ticket for ticket in [*standing, *new]}
    return [
        TicketsOpened(order_id=one.order_id, run=one.run, tickets=tuple(opened(found[key]) for key in requests(one)))
        for one in commands
    ]


@ticketing.on_batch(CancelTickets)
async def cancel(commands: Sequence[CancelTickets], unit: Unit) -> Sequence[Reply]:
    standing = await store.lock(unit.connection, orders(commands))
    changes = ending.cancel(commands, standing)
    await store.change(unit.connection, changes, SAGA)
    now = by_order(applied(standing, [one.ticket for one in changes]))
    return [
        TicketsCancelled(
            order_id=one.order_id,
            run=one.run,
            tickets=ending.ids(now.get(one.order_id, ()), one.kinds or ending.KINDS, "cancelled"),
        )
        for one in commands
    ]


@ticketing.on_batch(CheckTickets)
async def check(commands: Sequence[CheckTickets], unit: Unit) -> Sequence[Reply]:
    tickets = by_order(await store.standing(unit.connection, orders(commands)))
    replies = []
    for one in commands:
        still_open, resolved = trunking(tickets.get(one.order_id, ()))
        replies.append(TicketsChecked(order_id=one.order_id, run=one.run, open=still_open, resolved=resolved))
    return replies


@ticketing.on_batch(CloseTickets)
async def close(commands: Sequence[CloseTickets], unit: Unit) -> Sequence[Reply]:
    standing = await store.lock(unit.connection, orders(commands))
    changes = ending.close(commands, standing)
    await store.change(unit.connection, changes, SAGA)
    now = by_order(applied(standing, [one.ticket for one in changes]))
    return [
        TicketsClosed(
            order_id=one.order_id,
            run=one.run,
            tickets=ending.ids(now.get(one.order_id, ()), ending.CLOSED_WITH_ORDER, "closed"),
        )
        for one in commands
    ]


def orders(commands: Sequence[Command]) -> list[str]:
    return sorted({command.order_id for command in commands})


ticketing.check(COMMANDS)
