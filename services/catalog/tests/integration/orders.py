"""What the tests of catalog send, and how they look at what it wrote down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from catalog.settings import Settings
from chassis.messaging.boundary import Boundary
from chassis.messaging.incoming import Incoming
from chassis.messaging.reading import read
from chassis.messaging.service import Service
from chassis.messaging.transaction import Transaction
from chassis.messaging.unit import Unit
from chassis.runtime.database import Connection, Pool
from contracts.catalog import BillDelivered, BillDeliveredNumbers, OrderedItem, PriceOrder
from contracts.message import Command, Fact
from testkit.records import Letter, record_of

ITEMS = (
    OrderedItem(item_id="1", package="Enterprise Standard", quantity=2),
    OrderedItem(item_id="2", package="Broadsoft Provisioning Fee"),
)


def order(order_id: str = "o-1", run: int = 1, **facts: Any) -> PriceOrder:
    """Two Enterprise Standard (17.45 a month, a free number each) and a fee of 75.00, from 2087-01-18 on."""
    plain = {
        "partner_id": "p-1",
        "customer_id": "c-1",
        "time_zone": "America/New_York",
        "submitted_on": date(2087, 1, 4),
        "billing_start": date(2087, 1, 18),
        "items": ITEMS,
    }
    return PriceOrder(order_id=order_id, run=run, **{**plain, **facts})


def delivered(delivery: int = 0, *items: str, order_id: str = "o-1", **facts: Any) -> BillDelivered:
    return BillDelivered(order_id=order_id, run=1, delivery=delivery, items=items, **facts)


def came(numbers: int, on: date = date(2087, 1, 25)) -> BillDeliveredNumbers:
    return BillDeliveredNumbers(order_id="o-1", run=1, numbers=numbers, delivered_on=on)


@dataclass(frozen=True, slots=True)
class Catalog:
    """Catalog with a database that the test has for itself."""

    service: Service
    pool: Pool
    settings: Settings

    async def send(self, *commands: Command, ids: Sequence[str] = ()) -> list[Any]:
        """Sends commands as one batch and returns their replies; a failure comes out. `ids` repeats known messages."""
        async with self.pool.acquire() as connection:
            async with connection.transaction():
                transaction = Transaction(connection, self.service, self.settings)
                await transaction.run(self.incoming(commands, ids))
            transaction.committed()
        return await self.sent("orders.replies")

    async def hear(self, *facts: Fact) -> None:
        """What is told on a topic of facts, as one batch."""
        records = [record_of(fact, uuid4().hex) for fact in facts]
        await Boundary(self.service, self.pool, self.settings).handle(records)

    async def sent(self, topic: str) -> list[Any]:
        """Takes what waits in the outbox for a topic, in order."""
        rows = await self.pool.fetch("DELETE FROM outbox WHERE topic = $1 RETURNING *", topic)
        return [Letter.of(row).message for row in sorted(rows, key=lambda row: row["id"])]

    async def posted(self, order_id: str = "o-1") -> list[tuple[Any, ...]]:
        """(posting, line, quantity, amount, reason) of what was posted for an order, as text where money is."""
        rows = await self.pool.fetch(
            "SELECT posting, line, quantity, amount::text, reason FROM postings WHERE order_id = $1 ORDER BY posting",
            order_id,
        )
        return [tuple(row) for row in rows]

    async def lines(self, order_id: str = "o-1") -> list[tuple[Any, ...]]:
        """(run, line, quantity, amount, state) of an order's planned charges, as text where money is."""
        rows = await self.pool.fetch(
            "SELECT run, line, quantity, amount::text, state FROM charges WHERE order_id = $1 ORDER BY run, line",
            order_id,
        )
        return [tuple(row) for row in rows]

    async def statements(self, commands: Sequence[Command]) -> list[str]:
        """What the second of two equal batches asks; the first one makes the driver learn the types."""
        half = len(commands) // 2
        asked: list[str] = []
        async with self.pool.acquire() as connection, connection.transaction():
            await self.handled(connection, commands[:half])
            with connection.query_logger(lambda record: asked.append(record.query)):
                await self.handled(connection, commands[half:])
        return asked

    async def handled(self, connection: Connection, commands: Sequence[Command]) -> Unit:
        """Calls the handler of these commands, all of one kind; nothing is sent until the unit is flushed."""
        many = self.service.handlers[type(commands[0])].many
        assert many is not None
        unit = Unit(connection, self.service.name, self.incoming(commands), self.settings.clock)
        await many(commands, unit)
        return unit

    def incoming(self, commands: Sequence[Command], ids: Sequence[str] = ()) -> list[Incoming]:
        """The commands as they are read from records, with new message ids unless `ids` gives them."""
        named = zip(commands, ids or [uuid4().hex for _ in commands], strict=True)
        return read([record_of(command, message_id) for command, message_id in named], self.service).readable
