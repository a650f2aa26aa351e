"""What the tests of tickets say: one order with two trunks, its setup, and what the fixtures hand over."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from contracts.message import Message
from contracts.tickets import Detail, OpenSetupTicket, OpenTickets, TicketRequest

Deliver = Callable[..., Awaitable[list[Message]]]
Rows = Callable[..., Awaitable[list[tuple[Any, ...]]]]
Published = Callable[[], Awaitable[list[Message]]]
Resolve = Callable[..., Awaitable[httpx.Response]]

YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
ORDER, TRUNK_A, TRUNK_B, E911 = ("T-000001", "T-000002", "T-000003", "T-000004")
TWO_TRUNKS = OpenTickets(
    order_id="o-1",
    run=1,
    partner_id="p-1",
    tickets=(
        TicketRequest(kind="order", summary="Order 417"),
        TicketRequest(kind="trunking", item_id="1", summary="Build trunk A"),
        TicketRequest(kind="trunking", item_id="2", summary="Build trunk B"),
        TicketRequest(kind="e911", summary="Ask for the 911 location"),
    ),
)
SETUP = OpenSetupTicket(
    order_id="o-1",
    run=1,
    partner_id="p-1",
    summary="Set up Call Recording",
    details=(Detail(name="Seats", value="4"), Detail(name="Portal password", value="hunter2")),
    due=date(2027, 3, 1),
    time_zone="America/Denver",
)
BUILT = {
    "outcome": "done",
    "activated_on": YESTERDAY,
    "trunk_group": "HSD Trunk 1",
    "numbers_confirmed": True,
    "note": "Second visit.",
}
