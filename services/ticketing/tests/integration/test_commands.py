"""The commands of the saga, handled as they come from Kafka."""

import asyncio
from datetime import date

from contracts.errors import StepAlreadyUndone
from contracts.tickets import (
    CancelTickets,
    CheckTickets,
    CloseTickets,
    Detail,
    OpenedTicket,
    OpenTickets,
    TicketRequest,
    TicketsCancelled,
    TicketsChecked,
    TicketsClosed,
    TicketsOpened,
)

from .tickets import Deliver, Rows

REQUESTS = (
    TicketRequest(kind="order", summary="Order 417"),
    TicketRequest(
        kind="trunking",
        item_id="2",
        summary="Build trunk",
        details=(Detail(name="Call paths", value="4"), Detail(name="SIP password", value="hunter2")),
        due=date(2027, 3, 1),
        time_zone="America/Denver",
    ),
    TicketRequest(kind="backorder", summary="2 numbers are missing"),
)
STATES = "SELECT kind, state, run FROM tickets WHERE order_id = $1 ORDER BY ticket_id"
HISTORY = "SELECT who, what, state FROM history ORDER BY history_id"


def opening(order_id: str = "o-1", run: int = 1) -> OpenTickets:
    return OpenTickets(order_id=order_id, run=run, partner_id="p-1", tickets=REQUESTS)


async def test_tickets_are_opened_with_their_body_and_a_line_in_the_history(deliver: Deliver, rows: Rows) -> None:
    (reply,) = await deliver(opening())
    assert isinstance(reply, TicketsOpened)
    assert reply.tickets == (
        OpenedTicket(ticket_id="T-000001", kind="order"),
        OpenedTicket(ticket_id="T-000002", kind="trunking", item_id="2"),
        OpenedTicket(ticket_id="T-000003", kind="backorder"),
    )
    columns = "partner_id, summary, due, time_zone, details::text"
    *facts, details = (await rows(f"SELECT {columns} FROM tickets WHERE kind = 'trunking'"))[0]
    assert facts == ["p-1", "Build trunk", date(2027, 3, 1), "America/Denver"]
    assert "Call paths" in details
    assert "hunter2" not in details
    assert await rows(HISTORY) == [("order-intake", "opened", "acknowledged")] * 3


async def test_a_repeat_with_another_id_opens_nothing_and_answers_the_same(deliver: Deliver, rows: Rows) -> None:
    first = await deliver(opening())
    assert await deliver(opening()) == first
    assert len(await rows(HISTORY)) == 3


async def test_the_same_message_again_gets_the_same_reply_again(deliver: Deliver, rows: Rows) -> None:
    first = await deliver(opening(), attempt=1)
    assert await deliver(opening(), attempt=1) == first
    assert len(await rows(HISTORY)) == 3


async def test_two_processes_that_open_the_same_at_once_open_it_once(deliver: Deliver, rows: Rows) -> None:
    await asyncio.gather(deliver(opening()), deliver(opening()))
    assert len(await rows(STATES, "o-1")) == 3
    assert len(await rows(HISTORY)) == 3


async def test_cancel_ends_every_open_ticket_once_with_its_reason(deliver: Deliver, rows: Rows) -> None:
    await deliver(opening())
    cancel = CancelTickets(order_id="o-1", run=1, reason="The numbers are gone.")
    for _ in range(2):
        (reply,) = await deliver(cancel, direction="undo")
        assert isinstance(reply, TicketsCancelled)
        assert reply.tickets == ("T-000001", "T-000002", "T-000003")
    assert {state for _, state, _ in await rows(STATES, "o-1")} == {"cancelled"}
    assert await rows("SELECT time_zone FROM tickets WHERE kind = 'trunking'") == [("America/Denver",)]
    lines = await rows("SELECT who, why FROM history WHERE what = 'cancelled'")
    assert lines == [("order-intake", "The numbers are gone.")] * 3


async def test_cancel_takes_only_the_kinds_it_names(deliver: Deliver, rows: Rows) -> None:
    await deliver(opening())
    (reply,) = await deliver(CancelTickets(order_id="o-1", run=1, kinds=("backorder",)), step="cancel backorder")
    assert isinstance(reply, TicketsCancelled)
    assert reply.tickets == ("T-000003",)
    assert [state for _, state, _ in await rows(STATES, "o-1")] == ["acknowledged", "acknowledged", "cancelled"]


async def test_a_cancel_of_nothing_answers_nothing(deliver: Deliver) -> None:
    (reply,) = await deliver(CancelTickets(order_id="o-unknown", run=1), direction="undo")
    assert isinstance(reply, TicketsCancelled)
    assert reply.tickets == ()


async def test_a_replay_gets_the_same_tickets_back(deliver: Deliver, rows: Rows) -> None:
    (first,) = await deliver(opening())
    await deliver(CancelTickets(order_id="o-1", run=1), direction="undo")
    (second,) = await deliver(opening(run=2))
    assert isinstance(first, TicketsOpened)
    assert isinstance(second, TicketsOpened)
    assert (second.run, second.tickets) == (2, first.tickets)
    assert await rows(STATES, "o-1") == [(kind, "acknowledged", 2) for kind in ("order", "trunking", "backorder")]
    of_order = await rows("SELECT what, state FROM history WHERE ticket_id = 1 ORDER BY history_id")
    assert of_order == [("opened", "acknowledged"), ("cancelled", "cancelled"), ("reopened", "acknowledged")]


async def test_an_edited_replay_replaces_the_body(deliver: Deliver, rows: Rows) -> None:
    await deliver(opening())
    await deliver(CancelTickets(order_id="o-1", run=1), direction="undo")
    edited = TicketRequest(kind="trunking", item_id="2", summary="Build another trunk", time_zone="Pacific/Guam")
    await deliver(OpenTickets(order_id="o-1", run=2, partner_id="p-1", tickets=(edited,)))
    found = await rows("SELECT summary, details::text, due, time_zone FROM tickets WHERE kind = 'trunking'")
    assert found == [("Build another trunk", "[]", None, "Pacific/Guam")]
    assert (await rows(STATES, "o-1"))[0] == ("order", "cancelled", 1)


async def test_a_late_open_after_its_undo_is_refused(deliver: Deliver, rows: Rows) -> None:
    await deliver(CancelTickets(order_id="o-1", run=1), direction="undo")
    (reply,) = await deliver(opening())
    assert isinstance(reply, StepAlreadyUndone)
    assert await rows(STATES, "o-1") == []


async def test_an_old_cancel_does_not_touch_the_new_run(deliver: Deliver, rows: Rows) -> None:
    await deliver(opening(run=2))
    await deliver(CancelTickets(order_id="o-1", run=1), direction="undo")
    assert {state for _, state, _ in await rows(STATES, "o-1")} == {"acknowledged"}


async def test_the_end_of_the_order_closes_all_but_the_trunking_tickets(deliver: Deliver, rows: Rows) -> None:
    await deliver(opening())
    for _ in range(2):
        (reply,) = await deliver(CloseTickets(order_id="o-1", run=1), step="close tickets")
        assert isinstance(reply, TicketsClosed)
        assert reply.tickets == ("T-000001", "T-000003")
    assert [state for _, state, _ in await rows(STATES, "o-1")] == ["closed", "acknowledged", "closed"]


async def test_check_counts_the_trunking_tickets_that_are_open(deliver: Deliver) -> None:
    await deliver(opening())
    replies = await deliver(
        CheckTickets(order_id="o-1", run=1), CheckTickets(order_id="o-2", run=1), step="check", direction="ask"
    )
    assert replies == [
        TicketsChecked(order_id="o-1", run=1, open=1, resolved=()),
        TicketsChecked(order_id="o-2", run=1, open=0, resolved=()),
    ]
