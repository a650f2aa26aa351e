"""A producer and a consumer of the chassis at an Apache Kafka that wants TLS and a login."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pytest

from chassis.messaging.consumer import Consumer
from chassis.messaging.producer import started_producer
from chassis.messaging.reaching import why_not
from chassis.runtime.settings import ServiceSettings
from contracts.topics import CATALOG_COMMANDS
from testkit.certificates import Authority
from testkit.time import eventually

pytestmark = pytest.mark.kafka

Access = dict[str, str]


def settings(access: Access, **other: str) -> ServiceSettings:
    given = {name.lower(): value for name, value in {**access, **other}.items()}
    return ServiceSettings(database_url="postgresql://nowhere/none", kafka_metadata_max_age_ms=500, **given)  # type: ignore[arg-type]


async def travels(ours: ServiceSettings) -> bool:
    """Does a record that our producer sends come to our consumer?"""
    key, seen = uuid4().hex.encode(), set[bytes]()

    async def handle(records: Sequence[Any]) -> None:
        seen.update(record.key for record in records)

    async def step_over(_: Sequence[Any]) -> None:
        raise AssertionError

    producer = await started_producer("catalog", ours)
    consumer = Consumer(f"group-{key!r}", "catalog", [CATALOG_COMMANDS], ours, handle, step_over)
    await consumer.start()
    try:
        await producer.send_and_wait(CATALOG_COMMANDS.name, b"value", key)

        async def came() -> bool:
            return key in seen

        await eventually(came)
    finally:
        await consumer.stop()
        await producer.stop()
    return True


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
async def test_records_travel_behind_tls_and_a_password(by_password: Access, mechanism: str) -> None:
    assert await travels(settings(by_password, KAFKA_SASL_MECHANISM=mechanism))


async def test_records_travel_behind_a_client_certificate(by_certificate: Access) -> None:
    assert await travels(settings(by_certificate))


async def test_who_may_come_in_is_told_nothing(by_password: Access, by_certificate: Access) -> None:
    assert await why_not(settings(by_password)) is None
    assert await why_not(settings(by_certificate)) is None


async def test_a_wrong_login_is_told(by_password: Access) -> None:
    assert await why_not(settings(by_password, KAFKA_SASL_PASSWORD="close sesame")) == (
        f"Kafka at {by_password['KAFKA_BOOTSTRAP']} refuses the login of 'dialtone' by SCRAM-SHA-512:"
        " correct KAFKA_SASL_USERNAME or KAFKA_SASL_PASSWORD, then restart."
    )


async def test_a_certificate_of_another_authority_or_host_is_told(by_password: Access, stranger: Authority) -> None:
    told = await why_not(settings(by_password, KAFKA_TLS_CA_FILE=str(stranger.file)))
    assert told is not None
    assert told.startswith(f"The certificate of Kafka at {by_password['KAFKA_BOOTSTRAP']} is not trusted (")
    assert told.endswith(
        "): KAFKA_TLS_CA_FILE must hold the CA that signed it, and KAFKA_BOOTSTRAP a host name that is in it."
    )
    elsewhere = by_password["KAFKA_BOOTSTRAP"].replace("localhost", "127.0.0.1")
    told = await why_not(settings(by_password, KAFKA_BOOTSTRAP=elsewhere))
    assert told is not None
    assert told.startswith(f"The certificate of Kafka at {elsewhere} is not trusted (IP address mismatch")


async def test_a_listener_of_another_kind_is_told(by_password: Access, by_certificate: Access) -> None:
    no_tls = {name: value for name, value in by_password.items() if "TLS" not in name}
    nameless = {
        name: by_certificate[name] for name in ("KAFKA_BOOTSTRAP", "KAFKA_SECURITY_PROTOCOL", "KAFKA_TLS_CA_FILE")
    }
    for ours in (settings(no_tls, KAFKA_SECURITY_PROTOCOL="SASL_PLAINTEXT"), settings(nameless)):
        told = await why_not(ours)
        assert told is not None
        assert told.startswith(f"Kafka at {ours.kafka_bootstrap} ends the connection")
        assert f"see whether that listener is for KAFKA_SECURITY_PROTOCOL {ours.kafka_security_protocol}" in told


async def test_nobody_there_is_told(by_password: Access) -> None:
    told = await why_not(settings(by_password, KAFKA_BOOTSTRAP="localhost:9"))
    assert told is not None
    assert told.startswith("Kafka at localhost:9 cannot be reached")
