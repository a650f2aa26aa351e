"""How the Kafka clients of a process get in: FastStream's security object for the consumers, the same for aiokafka."""

from typing import Any

from faststream.kafka.security import parse_security
from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from chassis.runtime.kafka_access import KafkaAccess

MECHANISMS = {"PLAIN": SASLPlaintext, "SCRAM-SHA-256": SASLScram256, "SCRAM-SHA-512": SASLScram512}


def security_of(access: KafkaAccess) -> BaseSecurity:
    """What FastStream takes."""
    if access.kafka_sasl_mechanism is None:
        return BaseSecurity(access.kafka_tls)
    assert access.kafka_sasl_username is not None
    assert access.kafka_sasl_password is not None
    return MECHANISMS[access.kafka_sasl_mechanism](
        access.kafka_sasl_username, access.kafka_sasl_password.get_secret_value(), access.kafka_tls
    )


def servers_of(access: KafkaAccess) -> list[str]:
    """The host:port of each broker to begin with."""
    return [one.strip() for one in access.kafka_bootstrap.split(",")]


def connection_of(access: KafkaAccess) -> dict[str, Any]:
    """What aiokafka's clients take to connect."""
    return {"bootstrap_servers": servers_of(access), **parse_security(security_of(access))}
