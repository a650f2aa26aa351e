"""Topics that are not there: known at once, and whose they are decides what becomes of a row."""

import asyncio
from functools import partial
from typing import Any

import pytest
from aiokafka.errors import KafkaConnectionError, TopicAuthorizationFailedError, UnknownTopicOrPartitionError

from chassis.messaging.delivery import Delivery, Outcome
from chassis.messaging.presence import ForeignTopicForbidden, ForeignTopicMissing, Presence, patience_with
from chassis.messaging.sendable import can_never_be_sent
from testkit.producer import FakeCluster, FakeProducer
from testkit.time import eventually

OURS, FOREIGN = "numbers.events", "northwind.rejections"


def row(number: int, topic: str, shard: int = 0) -> dict[str, Any]:
    return {"id": number, "shard": shard, "topic": topic, "key": b"k", "value": b"%d" % number, "headers": "[]"}


def numbers(outcome: Outcome) -> tuple[list[int], list[int], set[int]]:
    return [one["id"] for one in outcome.sent], [one["id"] for one, _ in outcome.unsendable], outcome.stopped


async def check(presence: Presence, cluster: FakeCluster, topic: str) -> None:
    """Raises what is known of the topic when nobody looks for it any more."""
    await presence.look_for(cluster, [topic])
    await eventually(partial(nobody_looks, presence))
    presence.check(cluster, topic)


async def nobody_looks(presence: Presence) -> bool:
    return not presence._looks


async def handed_over(delivery: Delivery, *rows: dict[str, Any]) -> Outcome:
    """What became of them when it is known which topics are there."""
    await delivery.hand_over(rows)
    await eventually(partial(nobody_looks, delivery._presence))
    return await delivery.hand_over(rows)


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
            await check(presence, cluster, name)
        assert can_never_be_sent(raised.value) is (name == FOREIGN)
    assert cluster.asked == patience_with(name).looks


@pytest.mark.parametrize(("topic", "kind"), [(OURS, UnknownTopicOrPartitionError), (FOREIGN, ForeignTopicMissing)])
async def test_what_was_missing_is_looked_for_again_after_a_while_and_quickly(
    topic: str, kind: type[Exception]
) -> None:
    cluster, now = FakeCluster(), [100.0]
    presence = Presence(lambda: now[0])
    cluster.missing = {topic}
    with pytest.raises(kind):
        await check(presence, cluster, topic)
    for _ in range(3):
        now[0] += patience_with(topic).remembered + 1
        before = cluster.asked
        await presence.look_for(cluster, [topic])
        with pytest.raises(kind):
            presence.check(cluster, topic)
        assert cluster.asked == before + 2
    cluster.missing, now[0] = set(), now[0] + patience_with(topic).remembered + 1
    presence.check(cluster, topic)


async def test_a_broker_that_does_not_answer_says_nothing_of_a_topic() -> None:
    cluster, presence = FakeCluster(), Presence()
    cluster.missing, cluster.answers = {FOREIGN}, False
    with pytest.raises(KafkaConnectionError):
        await check(presence, cluster, FOREIGN)
    cluster.missing, cluster.answers = set(), True
    await check(presence, cluster, FOREIGN)


async def test_while_topics_are_looked_for_only_the_shards_of_their_rows_wait() -> None:
    producer, lost = FakeProducer(), [f"partner-{number}.rejections" for number in range(25)]
    producer.client.missing = set(lost)
    delivery = Delivery(producer, pause=0)
    rows = [row(number, topic) for number, topic in enumerate(lost)]
    assert numbers(await delivery.hand_over([*rows, row(100, OURS, 1)])) == ([100], [], set())
    assert numbers(await delivery.hand_over([*rows, row(101, OURS, 1)])) == ([101], [], {0})
    assert producer.client.asked < patience_with(FOREIGN).looks
    await eventually(partial(nobody_looks, delivery._presence))
    assert producer.client.asked == patience_with(FOREIGN).looks
    for number, one in enumerate(rows):
        assert numbers(await delivery.hand_over([one, *rows[number + 1 :]])) == ([], [number], set())
    assert producer.client.asked == patience_with(FOREIGN).looks


async def test_rows_of_a_partners_lost_topic_stop_no_shard() -> None:
    producer = FakeProducer()
    producer.client.missing = {FOREIGN}
    delivery = Delivery(producer, pause=0)
    await handed_over(delivery, row(1, FOREIGN))
    rows = [row(2, OURS, 1), row(3, FOREIGN, 1), row(4, OURS, 1)]
    assert numbers(await delivery.hand_over(rows)) == ([2, 4], [3], set())


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
    await eventually(partial(nobody_looks, delivery._presence))
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


async def test_when_a_row_without_an_answer_is_taken_away_its_shard_flows_at_once() -> None:
    """An operator's hand, or another owner of the shard, may end it."""
    producer, send = FakeProducer(), FakeProducer.send
    producer.fails_later = lambda record: KafkaConnectionError() if record.topic == OURS else None
    delivery = Delivery(producer, soon=0.01)
    await delivery.hand_over([row(1, OURS)])

    async def never(topic: str, *record: Any, **more: Any) -> Any:
        return asyncio.get_running_loop().create_future() if topic == OURS else await send(producer, topic, *record)

    producer.send = never  # type: ignore[method-assign]
    assert numbers(await delivery.hand_over([row(1, OURS), row(2, "orders.events")])) == ([], [], {0})
    assert numbers(await delivery.hand_over([row(2, "orders.events")])) == ([2], [], set())
