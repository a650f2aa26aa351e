"""A technician of ours works tickets under a name of their own, and does nothing else."""

from chassis.http.principals import sha256
from chassis.runtime.database import Pool
from chassis.runtime.settings import PrincipalKey
from contracts.tickets import OpenTickets, TicketRequest
from testkit.http import client
from ticketing.__main__ import compose
from ticketing.settings import Settings

from .tickets import Deliver


async def test_a_technician_resolves_a_ticket_under_their_name(
    settings: Settings, pool: Pool, deliver: Deliver
) -> None:
    request = TicketRequest(kind="e911", summary="Where is it?")
    await deliver(OpenTickets(order_id="o-1", run=1, partner_id="p-1", tickets=(request,)))
    keys = {"theo": PrincipalKey(sha256=sha256("theos-key"), kind="technician")}
    parts = await compose(settings.model_copy(update={"operator_keys": keys}), pool)
    async with client(parts.api, "theos-key") as theo:
        answer = await theo.post("/tickets/T-000001/resolve", json={"outcome": "done"})
        assert (answer.status_code, answer.json()["resolution"]["resolved_by"]) == (200, "theo")
        paths = (await theo.get("/openapi.json")).json()["paths"]
    assert "/tickets/{name}/resolve" in paths
