"""`dialtone topics`: a cluster's topics as the contracts say."""

from pydantic import ValidationError

from chassis.process.faults import sentences
from chassis.runtime.kafka_access import KafkaAccess
from dialtone.cli.output import as_json, fail, say
from dialtone.cli.running import run
from dialtone.stack.errors import StackError
from dialtone.stack.topics import Applied, apply

# librdkafka's names of what our settings say.
NAMES = {
    "kafka_bootstrap": "bootstrap.servers",
    "kafka_security_protocol": "security.protocol",
    "kafka_sasl_mechanism": "sasl.mechanism",
    "kafka_sasl_username": "sasl.username",
    "kafka_tls_ca_file": "ssl.ca.location",
    "kafka_tls_certificate_file": "ssl.certificate.location",
    "kafka_tls_key_file": "ssl.key.location",
}


def librdkafka(access: KafkaAccess) -> dict[str, str]:
    """How librdkafka gets in where our services do."""
    told = {name: getattr(access, field) for field, name in NAMES.items()}
    if access.kafka_sasl_password is not None:
        told["sasl.password"] = access.kafka_sasl_password.get_secret_value()
    return {name: str(value) for name, value in told.items() if value is not None}


def apply_topics(replication_factor: int, *, json: bool) -> None:
    """By the environment's KAFKA_ settings, as the services read them."""
    try:
        access = KafkaAccess()
    except ValidationError as error:
        fail("\n".join(sentences(error, KafkaAccess)))
    try:
        applied = run(apply(librdkafka(access), replication_factor=replication_factor))
    except StackError as error:
        fail(str(error))
    if json:
        as_json({"created": applied.created, "changed": applied.changed})
    else:
        say(told(applied))


def told(applied: Applied) -> str:
    """What was done, a line each."""
    lines = [f"{name} created" for name in applied.created] + [f"{name} set" for name in applied.changed]
    return "\n".join(lines) or "every topic is as it should be"
