"""A whole service at an Apache Kafka that wants TLS and a login."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer
from confluent_kafka.admin import AdminClient, ScramCredentialInfo, ScramMechanism, UserScramCredentialUpsertion

from chassis.messaging.producer import started_producer
from chassis.messaging.security import connection_of
from chassis.runtime.settings import ServiceSettings
from contracts.topics import CATALOG_COMMANDS, DEAD_LETTERS
from dialtone.stack.kafka import Kafka
from testkit.certificates import Authority
from testkit.postgres import Databases
from testkit.time import eventually

from .process import running

pytestmark = pytest.mark.kafka

Access = dict[str, str]


@pytest.fixture(scope="module")
async def url(databases: Databases) -> str:
    return await databases.migrated("catalog", "catalog_transport")


async def test_a_service_receives_and_sends_with_its_secrets_in_files(
    by_password: Access, url: str, tmp_path: Path
) -> None:
    (tmp_path / "password").write_text(by_password["KAFKA_SASL_PASSWORD"] + "\n")
    (tmp_path / "url").write_text(url + "\n")
    environment = {name: value for name, value in by_password.items() if name != "KAFKA_SASL_PASSWORD"}
    environment |= {"KAFKA_SASL_PASSWORD_FILE": f"{tmp_path}/password", "DATABASE_URL_FILE": f"{tmp_path}/url"}
    given = {name.lower(): value for name, value in by_password.items()}
    ours = ServiceSettings(database_url=url, **given)  # type: ignore[arg-type]
    unreadable = uuid4().hex.encode()
    async with running(environment) as catalog:
        await catalog.until("/health/messaging", 200)
        producer = await started_producer("test", ours)
        await producer.send_and_wait(CATALOG_COMMANDS.name, unreadable, b"key")
        await producer.stop()
        reader = AIOKafkaConsumer(DEAD_LETTERS.name, auto_offset_reset="earliest", **connection_of(ours))
        await reader.start()
        try:
            while (await reader.getone()).value != unreadable:
                pass
        finally:
            await reader.stop()
    assert not [line for line in catalog.lines if "sesame" in line]


@pytest.mark.parametrize("wrong", ["password", "authority"])
async def test_who_is_not_let_in_says_why_once_and_waits(
    by_password: Access, url: str, stranger: Authority, wrong: str
) -> None:
    change = {
        "password": {"KAFKA_SASL_PASSWORD": "close sesame"},
        "authority": {"KAFKA_TLS_CA_FILE": str(stranger.file)},
    }[wrong]
    async with running({**by_password, **change, "DATABASE_URL": url}) as catalog:

        async def told() -> bool:
            return bool(catalog.told("waiting for the broker"))

        await eventually(told)
        assert await catalog.status("/health/live") == 200
        assert await catalog.status("/health/startup") == 200
        assert await catalog.status("/health/ready") == 200
        assert await catalog.status("/health/messaging") == 503
        (line,) = catalog.told("waiting for the broker")
        assert line["level"] == "warning"
        assert ("refuses the login" if wrong == "password" else "is not trusted") in line["reason"]
    assert not [line for line in catalog.lines if "sesame" in line]
    assert not [line for line in catalog.lines if "Traceback" in line]


async def test_who_is_let_in_later_comes_in_by_itself(kafka: Kafka, by_password: Access, url: str) -> None:
    late = {**by_password, "KAFKA_SASL_USERNAME": "late", "DATABASE_URL": url}
    async with running(late) as catalog:

        async def told() -> bool:
            return bool(catalog.told("waiting for the broker"))

        await eventually(told)
        secret = by_password["KAFKA_SASL_PASSWORD"].encode()
        user = UserScramCredentialUpsertion("late", ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096), secret)
        admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
        for done in admin.alter_user_scram_credentials([user]).values():
            await asyncio.to_thread(done.result, 30)
        await catalog.until("/health/messaging", 200)
