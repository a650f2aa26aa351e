"""Something of each kind that a path can name, made for one request: only there is a body really taken."""

from datetime import UTC, datetime
from uuid import uuid4

import httpx

from chassis.messaging.boundary import Boundary
from chassis.messaging.incoming import Record
from chassis.messaging.outbox import headers_to_text
from contracts.tickets import OpenTickets, TicketRequest
from order_intake.api.examples import ORDER
from order_intake.application.topics import Topics
from testkit.records import record_of
from tests.http.billed import billed
from tests.http.services import KEY, Served, key_for
from ticketing.domain.ids import to_text

OPERATOR = {"authorization": f"Bearer {KEY}"}
LETTER = """
INSERT INTO dead_letters (dl_id, kind, service, source_topic, error_code, error_message, failed_at, value, headers)
VALUES ($1, 'message', 'catalog', 'catalog.commands', 'bug', 'It broke.', $2, $3, $4)
"""
UNSENDABLE = """
INSERT INTO unsendable (unsendable_id, topic, key, value, headers, written_at, error_class, error)
VALUES ($1, 'orders.events', 'o-1', $2, $3, $4, 'too-large', 'It is too large.')
"""
NEWEST_TICKET = "SELECT max(ticket_id) FROM tickets"


class AnyTopic(Topics):
    """A broker that has every topic."""

    async def exists(self, topic: str) -> bool:
        return bool(topic)


async def names_in(path: str, service: Served, http: httpx.AsyncClient) -> dict[str, str]:
    """A name for each part of the path that is one; what it names is there, and in no other's way."""
    names: dict[str, str] = {}
    if "{partner_id}" in path:
        made = await _posted(http, f"{service.url}/partners", {"name": f"Cleo {uuid4().hex}"}, OPERATOR)
        names |= {"partner_id": made["partner_id"], "key_id": made["key_id"]}
        service.api.state.topics = AnyTopic(service.settings)
    if service.api.title == "catalog" and path.startswith(("/orders/{", "/billing/")):
        names |= await billed(service)
    elif "{order_id}" in path:
        headers = {"authorization": f"Bearer {await key_for(http, service, 'post', '/orders')}"}
        order = {key: value for key, value in ORDER.items() if key != "e911"}
        made = await _posted(http, f"{service.url}/orders", {**order, "e911": {"required": True}}, headers)
        names["order_id"] = made["id"]
    now, name = datetime.now(UTC), uuid4().hex
    if "{dl_id}" in path:
        await service.pool.execute(LETTER, name, now, b"{}", headers_to_text([]))
        names["dl_id"] = name
    if "{unsendable_id}" in path:
        await service.pool.execute(UNSENDABLE, name, b"{}", headers_to_text([]), now)
        names["unsendable_id"] = name
    if "{name}" in path:
        names["name"] = await _ticket(service, name)
    return names


async def _ticket(service: Served, order_id: str) -> str:
    request = TicketRequest(kind="e911", summary="Ask for the 911 location")
    wanted = OpenTickets(order_id=order_id, run=1, partner_id="p-1", tickets=(request,))
    record: Record = record_of(wanted, f"{order_id}:1:open tickets:do:1", step="open tickets", direction="do")
    await Boundary(service.parts.service, service.pool, service.settings).handle([record])
    return to_text(await service.pool.fetchval(NEWEST_TICKET))


async def _posted(http: httpx.AsyncClient, url: str, body: object, headers: dict[str, str]) -> dict[str, str]:
    answer = await http.post(url, json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    made: dict[str, str] = answer.json()
    return made
