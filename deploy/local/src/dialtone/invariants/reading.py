"""Takes a snapshot of a running stack: the audit views of the five services, and what BroadWorks holds."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg
import httpx

from dialtone.invariants import views
from dialtone.invariants.broadworks import BroadWorks
from dialtone.invariants.published import keys_of, published
from dialtone.invariants.rows import Order
from dialtone.invariants.snapshot import Snapshot
from dialtone.invariants.unread import PATIENCE, unread
from dialtone.invariants.views import View
from dialtone.stack.services import (
    BROADSOFT_PROVISIONER,
    CATALOG,
    DID_INVENTORY,
    ORDER_INTAKE,
    TICKETING,
    Service,
)
from dialtone.stack.stackfile import StackFile

Connection = Any  # asyncpg has no types
R = TypeVar("R", bound=tuple[Any, ...])


async def take(stack: StackFile, *, patience: float = PATIENCE) -> Snapshot:
    """Orders are read first and last: what changed between is left out, so that a running stack can be checked.

    `patience` is how many seconds unread records are waited for.
    Raises OSError, PostgresError, HTTPError or KafkaError where the stack cannot be read.
    """
    at = Snapshot(taken_at=datetime.now(UTC), orders={}, settled=set(), published_since=stack.broker.since)
    at.unread = await unread(stack.broker.bootstrap, patience)  # waits first: what comes of it is seen below
    async with published(stack.broker.bootstrap) as told:
        before, told_before = await _orders(stack), await told.lines()
        for service, read in READERS.items():
            async with _at_one_moment(stack, service) as connection:
                await read(at, connection)
                at.messages[service.name] = await rows_of(connection, views.MESSAGES[service.name])
        known = keys_of(at.postings)
        wanted = [posting for posting in at.postings if not at.forgotten(posting)]
        told_since = (await told.lines_with(wanted, patience))[len(told_before) :]
        at.published = [*told_before, *(line for line in told_since if line.key in known)]
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        answer = await client.get(f"{stack.simulator.url}/admin/state")
    at.broadworks = BroadWorks.model_validate_json(answer.raise_for_status().content)
    at.orders = await _orders(stack)
    at.settled = {name for name, order in before.items() if at.orders[name].version == order.version}
    return at


async def _orders(stack: StackFile) -> dict[str, Order]:
    async with _at_one_moment(stack, ORDER_INTAKE) as connection:
        return {order.order_id: order for order in await rows_of(connection, views.ORDERS)}


async def _order_intake(at: Snapshot, connection: Connection) -> None:
    at.order_numbers = await rows_of(connection, views.ORDER_NUMBERS)
    at.order_deliveries = await rows_of(connection, views.ORDER_DELIVERIES)
    at.order_users = await rows_of(connection, views.ORDER_USERS)
    at.order_items = await rows_of(connection, views.ORDER_ITEMS)
    at.accounts = await rows_of(connection, views.ACCOUNTS)
    at.letters = await rows_of(connection, views.DEAD_LETTERS)
    at.acts = await rows_of(connection, views.ACTS)


async def _did_inventory(at: Snapshot, connection: Connection) -> None:
    at.numbers = await rows_of(connection, views.NUMBERS)
    at.backorders = await rows_of(connection, views.BACKORDERS)


async def _catalog(at: Snapshot, connection: Connection) -> None:
    at.billing = await rows_of(connection, views.BILLING)
    at.plans = await rows_of(connection, views.PLANS)
    at.subscriptions = await rows_of(connection, views.SUBSCRIPTIONS)
    at.postings = await rows_of(connection, views.POSTINGS)


async def _ticketing(at: Snapshot, connection: Connection) -> None:
    at.tickets = await rows_of(connection, views.TICKETS)
    at.ticket_acts = await rows_of(connection, views.TICKET_ACTS)


async def _broadsoft_provisioner(at: Snapshot, connection: Connection) -> None:
    at.effects = await rows_of(connection, views.EFFECTS)
    at.uses = await rows_of(connection, views.USES)
    at.workplaces = await rows_of(connection, views.WORKPLACES)


READERS: dict[Service, Callable[[Snapshot, Connection], Awaitable[None]]] = {
    ORDER_INTAKE: _order_intake,
    DID_INVENTORY: _did_inventory,
    CATALOG: _catalog,
    TICKETING: _ticketing,
    BROADSOFT_PROVISIONER: _broadsoft_provisioner,
}


async def rows_of(connection: Connection, view: View[R]) -> list[R]:
    return [view.row(*record) for record in await connection.fetch(view.query)]


@asynccontextmanager
async def _at_one_moment(stack: StackFile, service: Service) -> AsyncIterator[Connection]:
    """All that is read of a service belongs together: a posting is not newer than its subscription."""
    connection = await asyncpg.connect(stack.database[service.name])
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            yield connection
    finally:
        await connection.close()
