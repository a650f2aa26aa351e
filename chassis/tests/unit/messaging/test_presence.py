"""Topics that are not there: known at once, and whose they are decides what becomes of a row."""

import asyncio
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError

from chassis.messaging.delivery import Delivery, Outcome
from chassis.messaging.presence import ForeignTopicForbidden, ForeignTopicMissing, Presence, patience_with
from chassis.messaging.sendable import can_never_be_sent
from testkit.producer import FakeCluster, FakeProducer

OURS, FOREIGN = "numbers.events", "northwind.rejections"


def row(number: int, topic: str, shard: int = 0) -> dict[str, Any]:
    return {"id": number, "shard": shard, "topic": topic, "key": b"k", "value": b"%d" % number, "headers": "[]"}


def numbers(outcome: Outcome) -> tuple[list[int], list[int], set[int]]:
    return [one["id"] for one in outcome.sent], [one["id"] for one, _ in outcome.unsendable], outcome.stopped


@pytest.mark.parametrize(
    ("topic", "kind"),
    [
        (OURS, UnknownTopicOrPartitionError),
        (FOREIGN, ForeignTopicMissing),
        (f"{OURS}/unauthorized", TopicAuthorizationFailedError),
        (f"{FOREIGN}/unauthorized", ForeignTopicForbidden),
    ],
)
async def test_the_broker_is_asked_once_and_the_answer_is_remembered(topic: str, kind: type[Exception]) -> None:
    cluster, presence, name = FakeCluster(), Presence(), topic.partition("/")[0]
    (cluster.missing if topic == name else cluster.unauthorized_topics).add(name)
    for _ in range(3):
        with pytest.raises(kind) as raised:
            await presence.check(cluster, name)
        assert can_never_be_sent(raised.value) is (name == FOREIGN)
    assert cluster.asked == patience_with(name).looks


async def test_a_topic_that_is_there_again_is_found_after_a_while() -> None:
    cluster, now = FakeCluster(), [100.0]
    presence = Presence(lambda: now[0])
    cluster.missing = {OURS}
    with pytest.raises(UnknownTopicOrPartitionError):
        await presence.check(cluster, OURS)
    cluster.missing, now[0] = set(), 111.0
    await presence.check(cluster, OURS)


async def test_a_broker_that_does_not_answer_says_nothing_of_a_topic() -> None:
    cluster, presence = FakeCluster(), Presence()
    cluster.missing, cluster.answers = {FOREIGN}, False
    with pytest.raises(KafkaConnectionError):
        await presence.check(cluster, FOREIGN)
    cluster.missing, cluster.answers = set(), True
    await presence.check(cluster, FOREIGN)


async def test_rows_of_a_partners_lost_topic_stop_no_shard() -> None:
    producer = FakeProducer()
    producer.client.missing = {FOREIGN}
    delivery = Delivery(producer)
    rows = [row(1, OURS), row(2, FOREIGN), row(3, OURS), row(4, FOREIGN, 1), row(5, OURS, 1)]
    assert numbers(await delivery.hand_over(rows)) == ([1, 3, 5], [2, 4], set())
    assert producer.client.asked == patience_with(FOREIGN).looks


async def test_rows_that_a_partners_topic_refuses_stop_their_shard_once() -> None:
    """The metadata show the topic, and writing it is what is not allowed."""
    producer = FakeProducer()
    producer.fails_later = lambda record: TopicAuthorizationFailedError() if record.topic == FOREIGN else None
    delivery = Delivery(producer)
    await delivery.hand_over([row(1, FOREIGN), row(2, OURS, 1)])
    assert numbers(await delivery.hand_over([row(1, FOREIGN)])) == ([], [1], set())
    assert numbers(await delivery.hand_over([row(3, OURS)])) == ([3], [], set())
    assert numbers(await delivery.hand_over([row(4, FOREIGN), row(5, OURS)])) == ([5], [4], set())


async def test_a_row_of_a_topic_of_ours_that_is_missing_stays_and_delays_nobody() -> None:
    producer = FakeProducer()
    producer.client.missing = {OURS}
    delivery = Delivery(producer, pause=60)
    for number in range(10):
        rows = [row(1, OURS), row(2, OURS), row(100 + number, "orders.events", 1)]
        sent, never, _ = numbers(await delivery.hand_over(rows))
        assert (sent, never) == ([100 + number], [])
    assert producer.client.asked == patience_with(OURS).looks


async def test_a_row_without_an_answer_is_waited_for_while_the_others_flow() -> None:
    producer, answer = FakeProducer(), asyncio.get_running_loop().create_future()
    producer.fails_later = lambda record: KafkaConnectionError() if record.topic == OURS else None
    delivery = Delivery(producer, soon=0.01)
    await delivery.hand_over([row(1, OURS)])
    handed: list[Any] = []
    send = producer.send

    async def slowly(topic: str, *record: Any, **more: Any) -> Any:
        handed.append(topic)
        return answer if topic == OURS else await send(topic, *record, **more)

    producer.send = slowly  # type: ignore[method-assign]
    for number in (10, 11, 12):
        outcome = await delivery.hand_over([row(1, OURS), row(number, "orders.events", 1)])
        assert numbers(outcome) == ([number], [], {0})
    assert handed.count(OURS) == 1
    answer.set_result(None)
    assert numbers(await delivery.hand_over([row(1, OURS), row(13, "orders.events", 1)])) == ([13, 1], [], set())
    assert handed.count(OURS) == 1
