"""Which settings of Kafka go together, and what FastStream and aiokafka are told."""

import ssl
from pathlib import Path

import pytest
from pydantic import ValidationError

from chassis.messaging.security import connection_of, security_of
from chassis.process.faults import sentences
from chassis.runtime.settings import ServiceSettings
from testkit.certificates import Authority

LOGIN = {"kafka_sasl_mechanism": "PLAIN", "kafka_sasl_username": "dialtone", "kafka_sasl_password": "open-sesame"}
NEEDS = "it is not set, and KAFKA_SECURITY_PROTOCOL SASL_SSL needs it."
NO_USE = "it is set, but KAFKA_SECURITY_PROTOCOL is {}, which makes no use of it. Accepted with it are {}."


def settings(**given: object) -> ServiceSettings:
    return ServiceSettings(database_url="postgresql://h/d", **given)  # type: ignore[arg-type]


def faults(**given: object) -> list[str]:
    with pytest.raises(ValidationError) as raised:
        settings(**given)
    assert "sesame" not in str(raised.value)
    return "\n".join(sentences(raised.value, ServiceSettings)).splitlines()


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_a_login_is_complete_or_refused() -> None:
    assert faults(kafka_security_protocol="SASL_SSL") == [
        f"KAFKA_SASL_MECHANISM: {NEEDS} Accepted are PLAIN, SCRAM-SHA-256, SCRAM-SHA-512.",
        f"KAFKA_SASL_USERNAME: {NEEDS}",
        f"KAFKA_SASL_PASSWORD: {NEEDS}",
    ]


def test_a_login_that_nobody_would_use_is_refused() -> None:
    no_use = NO_USE.format("SSL", "SASL_PLAINTEXT, SASL_SSL")
    assert faults(kafka_security_protocol="SSL", **LOGIN) == [f"{name.upper()}: {no_use}" for name in LOGIN]


def test_certificates_that_nobody_would_look_at_are_refused(authority: Authority) -> None:
    assert faults(kafka_security_protocol="SASL_PLAINTEXT", kafka_tls_ca_file=authority.file, **LOGIN) == [
        f"KAFKA_TLS_CA_FILE: {NO_USE.format('SASL_PLAINTEXT', 'SSL, SASL_SSL')}"
    ]


def test_an_unknown_value_is_told_with_the_known_ones() -> None:
    assert faults(kafka_security_protocol="TLS") == [
        "KAFKA_SECURITY_PROTOCOL: 'TLS': expected 'PLAINTEXT', 'SSL', 'SASL_PLAINTEXT' or 'SASL_SSL'"
    ]


@pytest.mark.parametrize("servers", ["localhost", "localhost:x", "kafka://h:1", "h:1,", "user:password@h:1"])
def test_servers_are_named_by_host_and_port(servers: str) -> None:
    assert faults(kafka_bootstrap=servers) == [
        f"KAFKA_BOOTSTRAP: Accepted is host:port, several separated by commas. (is: {servers!r})"
    ]
    assert settings(kafka_bootstrap="[::1]:9092, kafka-1.example:9093")


def test_files_that_are_not_what_they_should_be_are_told(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.issue("one")
    _, other = authority.issue("two")
    none = tmp_path / "none"
    assert faults(kafka_security_protocol="SSL", kafka_tls_ca_file=str(none)) == [
        f"KAFKA_TLS_CA_FILE: '{none}' holds no CA certificates in PEM (no such file or directory). (is: '{none}')"
    ]
    assert faults(kafka_security_protocol="SSL", kafka_tls_certificate_file=certificate) == [
        "KAFKA_TLS_KEY_FILE: it is not set, and a client certificate and its key need each other."
    ]
    (fault,) = faults(kafka_security_protocol="SSL", kafka_tls_certificate_file=certificate, kafka_tls_key_file=other)
    assert fault.startswith("KAFKA_TLS_CERTIFICATE_FILE, KAFKA_TLS_KEY_FILE: ")
    assert fault.endswith("in PEM (key values mismatch).")
    ours = settings(kafka_security_protocol="SSL", kafka_tls_certificate_file=certificate, kafka_tls_key_file=key)
    assert ours.kafka_tls is not None


def test_host_names_are_verified_by_one_context_for_all(authority: Authority) -> None:
    ours = settings(kafka_security_protocol="SASL_SSL", kafka_tls_ca_file=authority.file, **LOGIN)
    context = ours.kafka_tls
    assert context is not None
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert connection_of(ours)["ssl_context"] is security_of(ours).ssl_context is context


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
@pytest.mark.parametrize("protocol", ["SASL_PLAINTEXT", "SASL_SSL"])
def test_each_login_is_told_to_the_client(mechanism: str, protocol: str) -> None:
    ours = settings(kafka_security_protocol=protocol, **{**LOGIN, "kafka_sasl_mechanism": mechanism})
    told = connection_of(ours)
    assert told["security_protocol"] == protocol
    assert told["sasl_mechanism"] == mechanism
    assert (told["sasl_plain_username"], told["sasl_plain_password"]) == ("dialtone", "open-sesame")


def test_without_settings_nothing_is_secured() -> None:
    assert connection_of(settings(kafka_bootstrap="a:1, b:2")) == {
        "bootstrap_servers": ["a:1", "b:2"],
        "security_protocol": "PLAINTEXT",
        "ssl_context": None,
    }
