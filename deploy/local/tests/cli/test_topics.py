"""`dialtone topics` gets into a cluster as the services do."""

import pytest
from confluent_kafka import KafkaError, KafkaException

from chassis.runtime.kafka_access import KafkaAccess
from dialtone.cli.topics import librdkafka, told
from dialtone.stack.topics import Applied, said_by


def test_librdkafka_is_told_what_the_services_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "KAFKA_BOOTSTRAP": "k1:9093,k2:9093",
        "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
        "KAFKA_SASL_MECHANISM": "SCRAM-SHA-512",
        "KAFKA_SASL_USERNAME": "ops",
        "KAFKA_SASL_PASSWORD": "sesame",
    }.items():
        monkeypatch.setenv(name, value)
    assert librdkafka(KafkaAccess()) == {
        "bootstrap.servers": "k1:9093,k2:9093",
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "ops",
        "sasl.password": "sesame",
    }


def test_what_a_broker_refuses_is_told_in_its_own_words() -> None:
    refused = KafkaException(KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED, "You may not."))
    assert said_by(refused) == "You may not."


def test_what_was_done_is_told_line_by_line() -> None:
    assert told(Applied(("a",), ("b",))) == "a created\nb set"
    assert told(Applied((), ())) == "every topic is as it should be"
