"""A batch costs a few statements, whatever its size, and mixes orders that are new, known and repeated."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from chassis.messaging.unit import Unit
from chassis.runtime.database import Pool
from contracts.tickets import (
    CancelSetupTicket,
    CancelTickets,
    CheckSetupTicket,
    CheckTickets,
    CloseTickets,
    OpenSetupTicket,
    OpenTickets,
    SetupTicketOpened,
    TicketRequest,
    TicketsOpened,
)
from ticketing.handlers import cancel, cancel_setup, check, check_setup, close, open_tickets

from .tickets import SETUP, Deliver, Rows

SIZE = 200


def opening(number: int, run: int = 1) -> OpenTickets:
    requests = (
        TicketRequest(kind="order", summary=f"Order {number}"),
        TicketRequest(kind="trunking", item_id="1", summary="Build trunk"),
    )
    return OpenTickets(order_id=f"o-{number}", run=run, partner_id="p-1", tickets=requests)


def setting_up(number: int, run: int = 1) -> OpenSetupTicket:
    return SETUP.model_copy(update={"order_id": f"o-{number}", "run": run})


@asynccontextmanager
async def counted(connection: Any) -> AsyncIterator[list[str]]:
    """The statements about tickets that go through `connection` meanwhile; the driver asks about types besides."""
    statements: list[str] = []

    def note(record: Any) -> None:
        if " tickets" in record.query:
            statements.append(record.query)

    with connection.query_logger(note):
        yield statements
        await asyncio.sleep(0)  # the driver tells its loggers in the next round of the loop


async def test_two_hundred_commands_take_a_handful_of_statements(pool: Pool) -> None:
    orders = [f"o-{number}" for number in range(SIZE)]
    steps: list[tuple[Any, list[Any], int]] = [
        (open_tickets, [opening(number) for number in range(SIZE)], 2),
        (cancel, [CancelTickets(order_id=order_id, run=1) for order_id in orders], 2),
        (open_tickets, [opening(number, run=2) for number in range(SIZE)], 2),
        (check, [CheckTickets(order_id=order_id, run=1) for order_id in orders], 1),
        (open_tickets, [setting_up(number) for number in range(SIZE)], 2),
        (cancel_setup, [CancelSetupTicket(order_id=order_id, run=1) for order_id in orders], 2),
        (open_tickets, [setting_up(number, run=2) for number in range(SIZE)], 2),
        (check_setup, [CheckSetupTicket(order_id=order_id, run=1) for order_id in orders], 1),
        (close, [CloseTickets(order_id=order_id, run=2) for order_id in orders], 2),
    ]
    async with pool.acquire() as connection, connection.transaction():
        for handle, commands, expected in steps:
            async with counted(connection) as statements:
                replies = await handle(commands, Unit(connection, "ticketing"))
            assert len(statements) == expected
            assert [reply.order_id for reply in replies] == orders


async def test_each_order_of_a_batch_gets_its_own_tickets(deliver: Deliver, rows: Rows) -> None:
    await deliver(opening(1))
    replies = await deliver(*(opening(number) for number in range(SIZE)), opening(7))
    found = {
        (order_id, kind): f"T-{ticket_id:06}"
        for order_id, kind, ticket_id in await rows("SELECT order_id, kind, ticket_id FROM tickets")
    }
    assert len(found) == 2 * SIZE
    assert len(replies) == SIZE + 1
    for reply in replies:
        assert isinstance(reply, TicketsOpened)
        assert [found[reply.order_id, one.kind] for one in reply.tickets] == [one.ticket_id for one in reply.tickets]


async def test_both_commands_that_open_answer_in_their_own_words_in_one_batch(deliver: Deliver, rows: Rows) -> None:
    replies = await deliver(*(one(number) for number in range(SIZE) for one in (opening, setting_up)))
    found = {
        order_id: f"T-{ticket_id:06}"
        for order_id, ticket_id in await rows("SELECT order_id, ticket_id FROM tickets WHERE kind = 'setup'")
    }
    told = {one.order_id: one.ticket_id for one in replies if isinstance(one, SetupTicketOpened)}
    assert (len(replies), told) == (2 * SIZE, found)
    trunks = [one.tickets for one in replies if isinstance(one, TicketsOpened)]
    assert [[one.kind for one in of_order] for of_order in trunks] == [["order", "trunking"]] * SIZE


async def test_open_cancel_and_replay_of_one_order_in_a_batch_keep_their_order(deliver: Deliver, rows: Rows) -> None:
    await deliver(opening(1), CancelTickets(order_id="o-1", run=1), opening(1, run=2), step="any", direction="ask")
    assert await rows("SELECT DISTINCT state, run FROM tickets") == [("acknowledged", 2)]
    lines = await rows("SELECT what FROM history WHERE ticket_id = 1 ORDER BY history_id")
    assert lines == [("opened",), ("cancelled",), ("reopened",)]
