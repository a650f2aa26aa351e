"""Apache Kafka alone, and a database with the tables of the one transaction: what only a real broker can show."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from sqlalchemy import MetaData

from chassis.messaging.tables import add_messaging_tables
from chassis.runtime import migrations
from chassis.runtime.database import Pool
from dialtone.stack.kafka import Kafka
from dialtone.stack.kafka_jars import missing_tools
from dialtone.stack.ports import free_port
from testkit.needs import do_without
from testkit.postgres import Databases

HERE = Path(__file__).parent


@dataclass
class Cluster:
    """`kafka` is the process; topics are made by each test, under names of their own."""

    kafka: Kafka
    admin: AIOKafkaAdminClient

    @property
    def bootstrap(self) -> str:
        return self.kafka.bootstrap

    async def topic(self, partitions: int = 1, **settings: str) -> str:
        name = f"test.{uuid4().hex}"
        configs = {key.replace("_", "."): value for key, value in settings.items()}
        await self.admin.create_topics([NewTopic(name, partitions, 1, topic_configs=configs)])
        return name

    async def read(self, topic: str) -> list[bytes | None]:
        """The values of everything that is there now."""
        consumer = AIOKafkaConsumer(topic, bootstrap_servers=self.bootstrap, auto_offset_reset="earliest")
        await consumer.start()
        try:
            found: list[bytes | None] = []
            ends = await consumer.end_offsets(list(consumer.assignment()))
            while any([await consumer.position(partition) < end for partition, end in ends.items()]):
                for records in (await consumer.getmany(timeout_ms=500)).values():
                    found += [record.value for record in records]
            return found
        finally:
            await consumer.stop()


@pytest_asyncio.fixture(scope="session")
async def cluster() -> AsyncIterator[Cluster]:
    if missing := missing_tools():
        do_without(f"APACHE KAFKA IS NOT TESTED HERE: {' and '.join(missing)} missing")
    folder = Path(tempfile.mkdtemp(prefix="dialtone-brokers-"))
    kafka = Kafka(folder, port=free_port())
    await kafka.start()
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap)
    await admin.start()
    try:
        yield Cluster(kafka, admin)
    finally:
        await admin.close()
        await kafka.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest_asyncio.fixture(scope="session")
async def database_url(databases: Databases) -> str:
    url = await databases.new("brokers")
    metadata = MetaData()
    add_messaging_tables(metadata)
    engine = migrations.engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    return url


@pytest_asyncio.fixture
async def pool(database_url: str) -> AsyncIterator[Pool]:
    pool = await asyncpg.create_pool(database_url, min_size=1, max_size=4)
    await pool.execute("TRUNCATE inbox, outbox, unsendable, waiting RESTART IDENTITY")
    yield pool
    pool.terminate()


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.kafka)
