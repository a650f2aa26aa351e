"""The topics of the contracts on a real broker: created when missing, else left alone."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from contracts import topics
from dialtone.stack.errors import StackError

FOR_EVER = -1
CREATED = (0, 36)  # now, or by somebody else a moment ago


async def create_topics(
    bootstrap: str, wanted: Iterable[topics.Topic] = topics.ALL, *, replication_factor: int = 1
) -> list[str]:
    """The names of those that were not there before."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    try:
        there = set(await admin.list_topics())
        missing = [topic for topic in wanted if topic.name not in there]
        if missing:
            answer = await admin.create_topics([_declared(topic, replication_factor) for topic in missing])
            _check(answer.topic_errors)  # type: ignore[attr-defined]  # its base class is announced
        return [topic.name for topic in missing]
    finally:
        await admin.close()


def _declared(topic: topics.Topic, replication_factor: int) -> NewTopic:
    kept = FOR_EVER if topic.retention is None else topic.retention // timedelta(milliseconds=1)
    settings = {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": str(kept),
        "max.message.bytes": str(topic.max_message_bytes),
    }
    return NewTopic(topic.name, topic.partitions, replication_factor, topic_configs=settings)


def _check(answers: Sequence[tuple[str, int, str]]) -> None:
    """One (topic, error code, message) for each topic asked for."""
    refused = [f"{name} ({message or code})" for name, code, message in answers if code not in CREATED]
    if refused:
        raise StackError(f"The broker did not create the topics {', '.join(refused)}.")
