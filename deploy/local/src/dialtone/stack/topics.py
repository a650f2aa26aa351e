"""The topics of the contracts on a real broker: created when missing, and set as the contracts say."""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from contracts import topics
from contracts.topics import Topic
from dialtone.stack.errors import StackError

FOR_EVER = -1
PATIENCE = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Applied:
    """Names of topics: those that were not there, and those whose settings were others."""

    created: tuple[str, ...]
    changed: tuple[str, ...]


async def apply(
    access: Mapping[str, str], wanted: Iterable[Topic] = topics.ALL, *, replication_factor: int = 1
) -> Applied:
    """`access` is how librdkafka gets in, `bootstrap.servers` at least.

    Other settings of a topic, and topics of others, are left alone; nobody takes partitions away. Raises StackError
    when the broker refuses.
    """
    return await asyncio.to_thread(_apply, {**access}, list(wanted), replication_factor)


def settings_of(topic: Topic) -> dict[str, str]:
    """By Kafka's names."""
    kept = FOR_EVER if topic.retention is None else topic.retention // timedelta(milliseconds=1)
    return {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(kept),
        "max.message.bytes": str(topic.max_message_bytes),
    }


def said_by(error: KafkaException) -> str:
    """What librdkafka says, without how its binding writes it down."""
    reason = error.args[0] if error.args else None
    return reason.str() if isinstance(reason, KafkaError) else str(error)


def _apply(access: dict[str, str | int | float | bool], wanted: Sequence[Topic], replication_factor: int) -> Applied:
    try:
        admin = AdminClient(access)
        there = set(admin.list_topics(timeout=PATIENCE).topics)
        created = _create(admin, [one for one in wanted if one.name not in there], replication_factor)
        changed = _set_patiently(admin, [one for one in wanted if one.name not in created])
    except KafkaException as error:
        raise StackError(f"The broker did not take the topics: {said_by(error)}.") from error
    return Applied(created, changed)


def _create(admin: AdminClient, missing: Sequence[Topic], replication_factor: int) -> tuple[str, ...]:
    """The names of those that are ours: somebody else may be faster."""
    if not missing:
        return ()
    new = [NewTopic(one.name, one.partitions, replication_factor, config=settings_of(one)) for one in missing]
    created = []
    for name, answer in admin.create_topics(new, request_timeout=PATIENCE).items():
        try:
            answer.result()
        except KafkaException as error:
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise
        else:
            created.append(name)
    return tuple(created)


def _set_patiently(admin: AdminClient, present: Sequence[Topic]) -> tuple[str, ...]:
    """A broker may not have heard yet of a topic that its controller has."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return _set(admin, present)
        except KafkaException as error:
            if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART or time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _set(admin: AdminClient, present: Sequence[Topic]) -> tuple[str, ...]:
    """The names of those that had other settings."""
    if not present:
        return ()
    found = _results(admin.describe_configs([ConfigResource(ResourceType.TOPIC, one.name) for one in present]))
    changes = []
    for topic in present:
        others = {name: value for name, value in settings_of(topic).items() if found[topic.name][name].value != value}
        if others:
            entries = [
                ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET) for name, value in others.items()
            ]
            changes.append(ConfigResource(ResourceType.TOPIC, topic.name, incremental_configs=entries))
    if changes:
        _results(admin.incremental_alter_configs(changes))
    return tuple(one.name for one in changes)


def _results(asked: Mapping[ConfigResource, "Future[Any]"]) -> dict[str, Any]:
    return {resource.name: answer.result(timeout=PATIENCE) for resource, answer in asked.items()}
