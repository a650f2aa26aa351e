"""What a batch shows in the metrics, tried on FastStream's own test broker: nothing here needs a protocol."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, TestKafkaBroker
from prometheus_client import REGISTRY

from chassis.messaging.consumer import decode, parse
from chassis.messaging.counting import Counting


class Subscriber:
    """A subscriber set up as the consumer's; `handled` is what its handler answers."""

    def __init__(self) -> None:
        self.service, self.handled = f"toy-{uuid4().hex}", True
        self.broker = KafkaBroker(
            "nowhere:1",
            ack_policy=AckPolicy.MANUAL,
            apply_types=False,
            logger=None,
            middlewares=[partial(Counting, service=self.service)],
        )
        self.subscriber = self.broker.subscriber(
            "toy.commands", batch=True, group_id="toy", no_reply=True, parser=parse, decoder=decode
        )
        self.batches: list[Sequence[Any]] = []
        self.subscriber(self.handle)

    async def handle(self, records: Sequence[Any]) -> bool:
        self.batches.append(records)
        return self.handled

    def shown(self, metric: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(metric, {"service": self.service, **labels})


@pytest.fixture
async def toy() -> AsyncIterator[Subscriber]:
    subscriber = Subscriber()
    async with TestKafkaBroker(subscriber.broker):
        yield subscriber


def records(*topics: str) -> list[ConsumerRecord[bytes, bytes]]:
    """With a header that FastStream's own parser could not read."""
    return [ConsumerRecord(topic, 0, n, 0, 0, b"k", b"v", 0, 1, 1, [("x", b"\xff")]) for n, topic in enumerate(topics)]


async def test_a_batch_counts_once_and_its_records_by_topic(toy: Subscriber) -> None:
    polled = records("a.commands", "b.commands", "a.commands")
    await toy.subscriber.process_message(polled)
    assert toy.batches == [polled]
    assert toy.shown("message_batches_total") == 1
    assert toy.shown("messages_consumed_total", topic="a.commands") == 2
    assert toy.shown("messages_consumed_total", topic="b.commands") == 1
    assert (toy.shown("message_batch_timestamp_seconds") or 0) > 0


async def test_a_batch_that_is_rewound_was_polled_and_not_handled(toy: Subscriber) -> None:
    toy.handled = False
    await toy.subscriber.process_message(records("a.commands"))
    assert toy.shown("message_batches_total") == 1
    assert toy.shown("message_batch_timestamp_seconds") is None
