"""Records that lie on a topic and are not read: asked of the broker, which knows how far each group has come."""

import asyncio
from collections.abc import Mapping

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from contracts import topics
from contracts.topics import Topic, group_of
from dialtone.stack.services import BY_NAME

PATIENCE = 10.0  # seconds for a batch in hand and its commit, where nothing befell the readers
Place = tuple[str, str]  # group and topic


def groups() -> dict[str, list[Topic]]:
    """The consumer groups of our services by name, each with the topics of one zone of trust."""
    found: dict[str, list[Topic]] = {}
    for topic in topics.ALL:
        for service in BY_NAME.keys() & set(topic.readers):
            found.setdefault(group_of(service, topic.zone), []).append(topic)
    return found


async def unread(bootstrap: str, patience: float) -> dict[Place, int]:
    """How many records of each topic lay there at first and still lie there when patience is out; noughts left out.

    Raises KafkaError and OSError where the broker cannot be asked.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    client = AIOKafkaConsumer(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        await client.start()
        logs = await _logs(client)
        deadline = asyncio.get_running_loop().time() + patience
        while (left := await _left(admin, logs)) and asyncio.get_running_loop().time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
        return left
    finally:
        await client.stop()
        await admin.close()


async def _logs(client: AIOKafkaConsumer) -> Mapping[TopicPartition, tuple[int, int]]:
    """Begin and end of each: what a topic has lost nobody can read."""
    places = [TopicPartition(topic.name, number) for topic in topics.ALL for number in range(topic.partitions)]
    ends, begins = await client.end_offsets(places), await client.beginning_offsets(places)
    return {place: (begins[place], end) for place, end in ends.items()}


async def _left(admin: AIOKafkaAdminClient, logs: Mapping[TopicPartition, tuple[int, int]]) -> dict[Place, int]:
    left: dict[Place, int] = {}
    for group, read in groups().items():
        names = {topic.name for topic in read}
        places = [place for place in logs if place.topic in names]
        committed = await admin.list_consumer_group_offsets(group, partitions=places)
        for place in places:
            begin, end = logs[place]
            behind = end - max(committed[place].offset, begin)
            if behind > 0:
                left[group, place.topic] = left.get((group, place.topic), 0) + behind
    return left
