"""An Apache Kafka that lets in only who has a password or a certificate."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from dialtone.stack.kafka import Kafka
from dialtone.stack.kafka_jars import missing_tools
from dialtone.stack.kafka_listeners import Listeners
from dialtone.stack.ports import free_port
from testkit.certificates import Authority
from testkit.needs import do_without

PASSWORD = "open sesame"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Has signed nothing here."""
    return Authority(tmp_path_factory.mktemp("stranger"))


@pytest.fixture(scope="session")
def listeners(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Listeners:
    if missing := missing_tools():
        do_without(f"APACHE KAFKA IS NOT TESTED HERE: {' and '.join(missing)} missing")
    certificate, key = authority.issue("localhost")
    server = tmp_path_factory.mktemp("listeners") / "server.pem"
    server.write_text(key.read_text() + certificate.read_text())
    return Listeners(
        host="localhost",
        password_port=free_port(),
        certificate_port=free_port(),
        server=server,
        clients=authority.file,
        user="dialtone",
        password=PASSWORD,
    )


@pytest.fixture(scope="session")
async def kafka(listeners: Listeners, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kafka]:
    kafka = Kafka(tmp_path_factory.mktemp("kafka"), port=free_port(), listeners=listeners)
    await kafka.start()
    yield kafka
    await kafka.stop()


@pytest.fixture(scope="session")
def by_password(kafka: Kafka, listeners: Listeners, authority: Authority) -> dict[str, str]:
    """The environment of a client that may come in."""
    return {
        "KAFKA_BOOTSTRAP": listeners.with_password,
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SASL_USERNAME": listeners.user,
        "KAFKA_SASL_PASSWORD": listeners.password,
        "KAFKA_TLS_CA_FILE": str(authority.file),
    }


@pytest.fixture(scope="session")
def by_certificate(kafka: Kafka, listeners: Listeners, authority: Authority) -> dict[str, str]:
    """The environment of a client that may come in."""
    certificate, key = authority.issue("catalog")
    return {
        "KAFKA_BOOTSTRAP": listeners.with_certificate,
        "KAFKA_SECURITY_PROTOCOL": "SSL",
        "KAFKA_TLS_CA_FILE": str(authority.file),
        "KAFKA_TLS_CERTIFICATE_FILE": str(certificate),
        "KAFKA_TLS_KEY_FILE": str(key),
    }


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.integration)
