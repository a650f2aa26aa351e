"""A producer without a broker."""

import asyncio
from collections.abc import Callable

from chassis.messaging.outgoing import RawHeaders
from testkit.records import FakeRecord


class FakeCluster:
    """Metadata: all topics but `missing` and `unauthorized_topics`, and `answers` says whether a broker does."""

    def __init__(self) -> None:
        self.missing: set[str] = set()
        self.unauthorized_topics: set[str] = set()
        self.answers = True
        self.asked = 0
        self.cluster = self

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return None if topic in self.missing | self.unauthorized_topics else {0}

    def add_topic(self, topic: str) -> None:
        """All are asked for."""

    async def force_metadata_update(self) -> bool:
        self.asked += 1
        return self.answers


class FakeProducer:
    """Has what the relay uses of aiokafka's producer, and its assertion.

    `fails_at_once` and `fails_later` look at a record and answer with the error it gets, from `send` itself or from the
    acknowledgement. `received` is what the broker took, in order.
    """

    def __init__(self) -> None:
        self.client = FakeCluster()
        self.received: list[FakeRecord] = []
        self.fails_at_once: Callable[[FakeRecord], BaseException | None] = lambda _: None
        self.fails_later: Callable[[FakeRecord], BaseException | None] = lambda _: None

    async def send(
        self, topic: str, value: bytes | None = None, key: bytes | None = None, *, headers: RawHeaders | None = None
    ) -> "asyncio.Future[None]":
        assert not (value is None and key is None), "Need at least one: key or value"
        record = FakeRecord(topic, key, value, list(headers or ()))
        if error := self.fails_at_once(record):
            raise error
        acknowledgement: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if error := self.fails_later(record):
            acknowledgement.set_exception(error)
        else:
            self.received.append(record)
            acknowledgement.set_result(None)
        return acknowledgement

    async def stop(self) -> None:
        """Holds nothing."""
