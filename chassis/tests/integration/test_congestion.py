"""A service that does not get rid of what it has read reads no more: what it owes then lies where others can see it."""

import asyncio
import time
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiokafka import AIOKafkaProducer

from chassis.messaging.consumers import Consumers
from chassis.messaging.relay import Backlog
from chassis.messaging.service import Service
from chassis.messaging.standing import CONGESTED, OLD, Standing
from chassis.messaging.waiting import Queue
from testkit.time import eventually

from .conversations import do
from .messages import Busy
from .messages import do as do_inside
from .receiver import Receiver


async def test_a_congested_consumer_reads_no_more_keeps_its_partitions_and_reads_on_afterwards(
    broker: str, producer: AIOKafkaProducer
) -> None:
    receiver = Receiver(broker)
    await producer.send_and_wait(receiver.topic.name, b"1", b"k")
    async with receiver.listening() as consumer:
        await receiver.until_handled({b"1"})
        receiver.congested = True

        async def nothing_is_asked_for() -> bool:
            client = consumer._subscriber.consumer
            return client is not None and client.paused() == client.assignment() != frozenset()

        await eventually(nothing_is_asked_for)
        for value in (b"2", b"3"):
            await producer.send_and_wait(receiver.topic.name, value, b"k")
        await asyncio.sleep(8)  # longer than a session, and than a consumer that hears nothing waits
        assert (receiver.handled, await consumer.partitions() > 0) == ([b"1"], True)
        receiver.congested = False
        await receiver.until_handled({b"2", b"3"})
    assert receiver.handled == [b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("outbox", "untouched", "longest"),
    [(0.0, 0.0, 0.0), (5.0, 5.0, 5.0), (2 * CONGESTED, 0.0, 2 * CONGESTED), (0.0, 2 * CONGESTED, 2 * CONGESTED)],
)
def test_what_is_not_sent_or_not_begun_for_long_is_congestion(outbox: float, untouched: float, longest: float) -> None:
    def ago(seconds: float) -> float:
        return time.time() - seconds if seconds else 0.0

    nobody: Any = None
    standing = Standing("toy", nobody, nobody)
    assert not standing.congested()
    standing.backlog = Backlog(1, ago(outbox), 0)
    standing.queue = Queue(1, ago(3600), ago(untouched))
    standing.looked = time.time()
    assert standing.congested() is (longest > CONGESTED)
    standing.looked = ago(2 * OLD)
    assert not standing.congested()


async def test_a_measure_of_long_ago_is_not_sound() -> None:
    async def partitions() -> dict[str, int]:
        return {"toy": 1}

    consumers: Any = SimpleNamespace(partitions=partitions, last_batch=None)
    standing = Standing("toy", cast(Any, None), consumers)
    standing.backlog, standing.looked = Backlog(0, 0.0, 0), time.time()
    sound, _ = await standing.told()
    standing.looked -= 2 * OLD
    sound_later, report = await standing.told()
    assert (sound, sound_later) == (True, False)
    assert report["measured_seconds_ago"] >= 2 * OLD


async def test_what_failed_or_is_in_hand_is_no_congestion(toy: Any) -> None:
    async def untouched() -> float:
        standing = Standing("toy", toy.pool, Consumers(Service("toy", []), toy.boundary()._settings, *[None] * 2))
        await standing.look()
        return standing.queue.untouched

    boundary = toy.boundary(waiting_first_delay=3600)
    toy.fails["failed"] = [Busy()] * 2
    await boundary.handle([do_inside("failed")])
    assert await untouched() == 0
    await boundary.handle([do("a"), do("a", 2)])
    assert await untouched() > 0
    toy.pauses["a"] = asyncio.Event()
    await boundary.workers.round()
    assert await untouched() == 0
    toy.pauses["a"].set()
    await boundary.workers.idle()
