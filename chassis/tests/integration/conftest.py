"""A real PostgreSQL, and a toy service whose handlers do as the test says."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, MutableMapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import structlog
from aiokafka import AIOKafkaProducer
from confluent_kafka import Producer
from sqlalchemy import MetaData, text
from structlog.testing import capture_logs

from chassis.facts.tables import add_partner_keys_table
from chassis.messaging.boundary import Boundary
from chassis.messaging.service import Service
from chassis.messaging.tables import add_messaging_tables
from chassis.messaging.unit import Unit
from chassis.runtime import migrations
from chassis.runtime.database import Pool
from chassis.runtime.settings import ServiceSettings
from contracts import topics
from contracts.message import Reply
from contracts.numbers import (
    AssignNumbers,
    BackorderChecked,
    BackorderFilled,
    CheckBackorder,
    NumbersAssigned,
    NumbersReleased,
    NumbersReserved,
    NumbersUnavailable,
    ReleaseNumbers,
    ReserveNumbers,
)
from testkit.postgres import Databases
from testkit.records import Letter

EFFECTS = "CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, order_id varchar NOT NULL, what varchar)"


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture
def lines() -> Iterator[list[MutableMapping[str, Any]]]:
    """What is logged meanwhile, from INFO on."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with capture_logs() as found:
        yield found
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))


@pytest.fixture(scope="session")
async def database_url(databases: Databases) -> str:
    """With the tables of the one transaction, the partners' keys, and a table for what handlers do."""
    url = await databases.new("chassis")
    metadata = MetaData()
    add_messaging_tables(metadata)
    add_partner_keys_table(metadata)
    engine = migrations.engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        await connection.execute(text(EFFECTS))
    await engine.dispose()
    return url


@pytest.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await asyncpg.create_pool(database_url, min_size=1, max_size=8)
    await pool.execute("TRUNCATE partner_keys, inbox, outbox, unsendable, waiting, effects RESTART IDENTITY")
    yield pool
    pool.terminate()


@dataclass
class Toy:
    """`fails` holds the errors that the next calls for an order raise; `pauses` an event each call for it waits for.

    `calls` are (command, order) pairs, `most` is how many calls of outside handlers ran at once for one order.
    """

    pool: Pool
    url: str
    fails: dict[str, list[BaseException]] = field(default_factory=lambda: defaultdict(list))
    pauses: dict[str, asyncio.Event] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    world: list[str] = field(default_factory=list)
    running: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    most: int = 0

    def service(self) -> Service:
        service = Service("toy", listens_to=[topics.NUMBERS_COMMANDS])

        @service.on(ReserveNumbers)
        async def reserve(command: ReserveNumbers, unit: Unit) -> Reply:
            await unit.connection.execute("INSERT INTO effects (order_id) VALUES ($1)", command.order_id)
            await self.act("reserve", command.order_id)
            if command.partner_id == "refused":
                return NumbersUnavailable(order_id=command.order_id, run=command.run, code="none", reason="None.")
            return NumbersReserved(order_id=command.order_id, run=command.run, numbers=(), backordered=())

        @service.on(ReleaseNumbers)
        async def release(command: ReleaseNumbers, unit: Unit) -> Reply:
            await unit.connection.execute("DELETE FROM effects WHERE order_id = $1", command.order_id)
            await self.act("release", command.order_id)
            return NumbersReleased(order_id=command.order_id, run=command.run, numbers=())

        @service.on(BackorderFilled)
        async def filled(event: BackorderFilled, unit: Unit) -> None:
            await self.act("filled", event.order_id)

        @service.outside(AssignNumbers)
        async def assign(command: AssignNumbers) -> Reply:
            await self.outside("assign", command.order_id)
            return NumbersAssigned(order_id=command.order_id, run=command.run, numbers=())

        @service.outside(CheckBackorder)
        async def check(command: CheckBackorder) -> Reply:
            await self.outside("check", command.order_id)
            return BackorderChecked(order_id=command.order_id, run=command.run, filled=(), missing=0)

        return service

    async def act(self, what: str, order_id: str) -> None:
        self.calls.append((what, order_id))
        if order_id in self.pauses:
            await self.pauses[order_id].wait()
        if self.fails[order_id]:
            raise self.fails[order_id].pop(0)

    async def outside(self, what: str, order_id: str) -> None:
        self.running[order_id] += 1
        self.most = max(self.most, self.running[order_id])
        try:
            await self.act(what, order_id)
            self.world.append(order_id)
        finally:
            self.running[order_id] -= 1

    def boundary(self, service: Service | None = None, **settings: Any) -> Boundary:
        """Each boundary is a process of its own as far as the database can tell."""
        fast = {"in_place_seconds": 0.0, "waiting_attempts": 3, "waiting_first_delay": 1e-6, **settings}
        return Boundary(service or self.service(), self.pool, ServiceSettings(database_url=self.url, **fast))

    async def effects(self) -> list[str]:
        return [row["order_id"] for row in await self.pool.fetch("SELECT order_id FROM effects ORDER BY id")]

    async def waiting(self) -> list[str]:
        return [row["message_id"] for row in await self.pool.fetch("SELECT message_id FROM waiting ORDER BY id")]

    async def letters(self, topic: str = "") -> list[Letter]:
        rows = await self.pool.fetch("SELECT topic, key, value, headers FROM outbox ORDER BY id")
        found = [Letter.of(row) for row in rows]
        return [one for one in found if topic in ("", one.topic)]

    async def replies(self) -> list[tuple[str, str]]:
        """(kind, id) of every reply on its way."""
        letters = await self.letters(topics.ORDERS_REPLIES.name)
        return [(type(one.message).__name__, one.id) for one in letters]

    async def somebody_waits_for_a_lock(self) -> bool:
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        return bool(await self.pool.fetchval(waits))


@pytest.fixture
async def toy(pool: Pool, database_url: str) -> Toy:
    return Toy(pool, database_url)


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    cluster = Producer({"test.mock.num.brokers": 1, "log_level": 3})
    (address,) = cluster.list_topics(timeout=10).brokers.values()
    yield f"{address.host}:{address.port}"
    del cluster


@pytest.fixture
async def producer(broker: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = AIOKafkaProducer(bootstrap_servers=broker, acks="all", enable_idempotence=True)
    await producer.start()
    yield producer
    await producer.stop()


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.integration)
