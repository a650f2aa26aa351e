"""What becomes of each row that is handed over: acknowledged, never to be sent, or to come again."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from aiokafka.errors import (
    ClusterAuthorizationFailedError,
    InvalidTopicError,
    KafkaConnectionError,
    KafkaTimeoutError,
    LeaderNotAvailableError,
    MessageSizeTooLargeError,
    NotEnoughReplicasError,
    OutOfOrderSequenceNumber,
    RecordListTooLargeError,
    TopicAuthorizationFailedError,
    UnknownError,
    UnknownTopicOrPartitionError,
)

from chassis.messaging.delivery import Delivery, Outcome
from chassis.messaging.sendable import NotARecord, Row, can_never_be_sent, sendable
from contracts.topics import PARTNERS_KEYS
from testkit.producer import FakeProducer
from testkit.records import FakeRecord

AWAY = [
    KafkaConnectionError(),
    KafkaTimeoutError(),
    UnknownTopicOrPartitionError(),
    LeaderNotAvailableError(),
    NotEnoughReplicasError(),
    TopicAuthorizationFailedError(),
    ClusterAuthorizationFailedError(),
    OutOfOrderSequenceNumber(),
    UnknownError(),
    ConnectionResetError(),
    TimeoutError(),
    TypeError("'NoneType' object is not iterable"),  # of the client library, while metadata change
]
NEVER = [MessageSizeTooLargeError(), RecordListTooLargeError(), InvalidTopicError()]


def row(number: int, value: bytes, *, key: bytes | None = b"k", shard: int = 0, **more: Any) -> Row:
    record = {"topic": "numbers.events", "key": key, "value": value, "headers": "[]"}
    return {"id": number, "shard": shard, **record, **more}


def failing(error: Exception, *values: bytes) -> Callable[[FakeRecord], Exception | None]:
    return lambda record: error if record.value in values else None


def values(rows: Sequence[Row]) -> list[bytes]:
    return [one["value"] for one in rows]


def never(outcome: Outcome) -> list[bytes]:
    return [one["value"] for one, _ in outcome.unsendable]


@pytest.mark.parametrize("error", AWAY, ids=repr)
def test_nothing_about_the_broker_is_the_fault_of_a_row(error: Exception) -> None:
    assert not can_never_be_sent(error)


@pytest.mark.parametrize("error", NEVER, ids=repr)
async def test_a_row_that_is_refused_before_it_is_sent_stops_nobody(error: Exception) -> None:
    producer = FakeProducer()
    producer.fails_at_once = failing(error, b"bad")
    delivery = Delivery(producer)
    outcome = await delivery.hand_over([row(1, b"before"), row(2, b"bad"), row(3, b"after")])
    assert (values(outcome.sent), never(outcome), outcome.stopped) == ([b"before", b"after"], [b"bad"], set())
    assert values((await delivery.hand_over([row(4, b"x"), row(5, b"y")])).sent) == [b"x", b"y"]


@pytest.mark.parametrize("error", NEVER, ids=repr)
async def test_a_row_that_is_refused_among_others_is_tried_alone_before_it_is_given_up(error: Exception) -> None:
    producer = FakeProducer()
    producer.fails_later = failing(error, b"bad")
    delivery = Delivery(producer)
    rows = [row(1, b"before"), row(2, b"bad"), row(3, b"after")]
    first = await delivery.hand_over(rows)
    assert (values(first.sent), never(first), first.stopped) == ([b"before", b"after"], [], set())
    second = await delivery.hand_over([rows[1], row(4, b"later")])
    assert (values(second.sent), never(second), second.stopped) == ([], [b"bad"], set())
    third = await delivery.hand_over([row(4, b"later"), row(5, b"last")])
    assert values(third.sent) == [b"later"]
    assert values((await delivery.hand_over([row(5, b"last"), row(6, b"end")])).sent) == [b"last", b"end"]
    assert [one.value for one in producer.received] == [b"before", b"after", b"later", b"last", b"end"]


async def test_a_batch_that_is_too_large_together_loses_nothing() -> None:
    producer, together = FakeProducer(), [True]
    producer.fails_later = lambda _: MessageSizeTooLargeError() if together[0] else None
    delivery = Delivery(producer)
    rows = [row(1, b"a"), row(2, b"b")]
    assert await delivery.hand_over(rows) == Outcome()
    together[0] = False
    assert values((await delivery.hand_over(rows)).sent) == [b"a"]
    assert values((await delivery.hand_over(rows[1:])).sent) == [b"b"]


@pytest.mark.parametrize("error", AWAY, ids=repr)
async def test_behind_a_row_that_does_not_go_nothing_is_sent_again_and_again(error: Exception) -> None:
    producer = FakeProducer()
    producer.fails_later = failing(error, b"bad")
    delivery = Delivery(producer, pause=0)
    rows = [row(1, b"bad"), row(2, b"same key"), row(3, b"other key", key=b"x"), row(4, b"else", key=b"z", shard=1)]
    first = await delivery.hand_over(rows)
    assert values(first.sent) == [b"other key", b"else"]
    for _ in range(20):
        again = await delivery.hand_over(rows[:2])
        assert (again.sent, again.unsendable, again.stopped) == ([], [], {0})
    producer.fails_later = lambda _: None
    assert values((await delivery.hand_over(rows[:2])).sent) == [b"bad"]
    assert values((await delivery.hand_over(rows[1:2])).sent) == [b"same key"]
    # The last word of the key is its newest; it went out once more because of that, and not more often.
    assert [one.value for one in producer.received if one.key == b"k"] == [b"same key", b"bad", b"same key"]


async def test_a_shard_that_does_not_flow_slows_down_no_other() -> None:
    producer = FakeProducer()
    producer.fails_at_once = failing(KafkaConnectionError(), b"bad")
    delivery = Delivery(producer)
    for number in range(3):
        rows = [row(1, b"bad"), row(2, b"behind"), *(row(number * 10 + n, b"x", shard=1) for n in range(3, 9))]
        assert len((await delivery.hand_over(rows)).sent) == 6
    assert b"behind" not in [one.value for one in producer.received]


async def test_the_producer_of_a_refused_batch_is_replaced_once_and_before_anything_else_is_sent() -> None:
    first, second = FakeProducer(), FakeProducer()
    first.fails_later = failing(MessageSizeTooLargeError(), b"bad")
    second.fails_at_once = failing(MessageSizeTooLargeError(), b"bad")
    made: list[FakeProducer] = []

    async def renew() -> Any:
        made.append(second)
        return second

    delivery = Delivery(first, renew)
    await delivery.hand_over([row(1, b"bad"), row(2, b"after", key=b"x")])
    await delivery.hand_over([row(1, b"bad")])
    await delivery.hand_over([row(3, b"later")])
    assert made == [second]
    assert delivery.producer is second
    assert ([one.value for one in first.received], [one.value for one in second.received]) == ([b"after"], [b"later"])


@pytest.mark.parametrize("error", [KafkaConnectionError(), UnknownTopicOrPartitionError(), KafkaTimeoutError()])
async def test_a_broker_that_is_away_costs_no_producer(error: Exception) -> None:
    producer = FakeProducer()
    producer.fails_at_once = failing(error, b"x")

    async def renew() -> Any:
        raise AssertionError("the present one is sound")

    delivery = Delivery(producer, renew)
    for _ in range(3):
        await delivery.hand_over([row(1, b"x")])


@pytest.mark.parametrize("topic", ["", ".", "..", "a b", "ümlaut", "x" * 250, "a/b", "a\n"])
def test_no_topic_has_such_a_name(topic: str) -> None:
    with pytest.raises(InvalidTopicError):
        sendable(row(1, b"x", topic=topic))


@pytest.mark.parametrize("headers", ["", "{}x", "[1]", '[["a"]]', '[["a", 1]]', '[[1, "a"]]', '[["a", {"b": "c"}]]'])
def test_what_is_no_record_is_told_apart(headers: str) -> None:
    with pytest.raises(NotARecord):
        sendable(row(1, b"x", headers=headers))


def test_a_record_of_a_compacted_topic_needs_a_key() -> None:
    with pytest.raises(NotARecord):
        sendable(row(1, b"x", key=None, topic=PARTNERS_KEYS.name))
    assert sendable(row(1, b"x", topic=PARTNERS_KEYS.name)).key == b"k"
