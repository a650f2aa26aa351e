"""The consumer over a real Kafka protocol: librdkafka's mock cluster in this process."""

import asyncio
from collections.abc import Sequence
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from contracts.numbers import ReserveNumbers
from contracts.topics import Topic
from testkit.records import FakeRecord, record_of
from testkit.time import eventually

from .door import Door
from .receiver import Receiver


async def send(producer: AIOKafkaProducer, topic: Topic, *records: FakeRecord) -> None:
    for one in records:
        await producer.send_and_wait(topic.name, one.value, one.key, headers=one.headers)


def command(order_id: str) -> FakeRecord:
    one = record_of(ReserveNumbers(order_id=order_id, run=1, partner_id="p-1"), order_id)
    one.value = order_id.encode()
    return one


async def test_records_come_untouched_whatever_their_headers_are(broker: str, producer: AIOKafkaProducer) -> None:
    receiver = Receiver(broker)
    strange = FakeRecord("", b"k", b"strange", [("null", None), ("binary", b"\xff\xfe"), ("x", b"1"), ("x", b"2")])
    naked = FakeRecord("", None, b"naked", [])
    tombstone = FakeRecord("", b"t", None, [("reply_to", b"somewhere"), ("correlation_id", None)])
    await send(producer, receiver.topic, command("a"), strange, naked, tombstone, command("b"))
    async with receiver.listening():
        await receiver.until_handled({b"a", b"strange", b"naked", b"b", None})
    assert sorted(map(str, receiver.handled)) == sorted(map(str, [b"a", b"strange", b"naked", b"b", None]))
    found = {record.value: record for batch in receiver.batches for record in batch}
    assert list(found[b"strange"].headers) == strange.headers
    assert (found[b"strange"].key, found[b"naked"].key, found[None].key) == (b"k", None, b"t")
    assert dict(found[b"a"].headers)["ce_id"] == b"a"


async def test_offsets_are_committed_after_the_batch(broker: str, producer: AIOKafkaProducer) -> None:
    receiver = Receiver(broker)
    await send(producer, receiver.topic, *(command(f"o-{number}") for number in range(20)))
    wanted = {b"o-%d" % number for number in range(20)}
    async with receiver.listening():
        await receiver.until_handled(wanted)
    assert await receiver.committed() == 20
    await send(producer, receiver.topic, command("later"))
    async with receiver.listening():
        await receiver.until_handled({b"later"})
    assert len(receiver.handled) == 21


async def test_a_batch_that_is_not_done_is_not_committed(broker: str, producer: AIOKafkaProducer) -> None:
    receiver = Receiver(broker)
    await send(producer, receiver.topic, command("a"))
    handling = asyncio.Event()

    async def handle(records: Sequence[Any]) -> None:
        receiver.batches.append(list(records))
        handling.set()
        raise OSError("the database is gone")

    receiver.handle = handle  # type: ignore[method-assign]
    async with receiver.listening():
        await asyncio.wait_for(handling.wait(), 30)
    assert await receiver.committed() == 0


async def test_a_batch_that_fails_is_rewound_and_comes_again(broker: str, producer: AIOKafkaProducer) -> None:
    receiver = Receiver(broker)
    receiver.fails = [OSError("the database is gone"), ExceptionGroup("outside", [ConnectionError()])]
    wanted = {b"o-%d" % number for number in range(12)}  # several keys, so several partitions
    await send(producer, receiver.topic, *(command(value.decode()) for value in sorted(wanted)))
    failed = len(receiver.fails)
    async with receiver.listening():

        async def all_handled_well() -> bool:
            return wanted <= {record.value for batch in receiver.batches[failed:] for record in batch}

        await eventually(all_handled_well)
    assert await receiver.committed() == len(wanted)
    for partition in {record.partition for record in receiver.batches[0]}:
        well = [one.offset for batch in receiver.batches[failed:] for one in batch if one.partition == partition]
        assert well == sorted(set(well))


async def test_a_new_group_starts_at_the_beginning_and_knows_its_lag(broker: str, producer: AIOKafkaProducer) -> None:
    receiver = Receiver(broker)
    await send(producer, receiver.topic, *(command(f"o-{number}") for number in range(5)))
    async with receiver.listening() as consumer:
        await receiver.until_handled({b"o-0", b"o-1", b"o-2", b"o-3", b"o-4"})
        await eventually(consumer.partitions)

        async def caught_up() -> bool:
            lag = await consumer.lag()
            return bool(lag) and sum(lag.values()) == 0

        await eventually(caught_up)


async def test_a_consumer_that_cannot_join_anew_tries_until_it_can(broker: str, producer: AIOKafkaProducer) -> None:
    receiver = Receiver(broker)
    await producer.send_and_wait(receiver.topic.name, b"before")
    async with Door(broker).standing() as door:
        receiver.broker = door.address
        async with receiver.listening() as consumer:
            await receiver.until_handled({b"before"})
            deaf = consumer._subscriber.consumer
            assert deaf is not None
            door.is_open = False
            deaf._fetcher._fetch_task.cancel()
            await producer.send_and_wait(receiver.topic.name, b"after")

            async def has_failed_twice() -> bool:  # each try to join knocks, and so does who asks why it failed
                return door.turned_away > 3

            await eventually(has_failed_twice)
            door.is_open = True
            await receiver.until_handled({b"after"})
            await eventually(consumer.partitions)


async def test_a_consumer_that_has_gone_deaf_joins_anew(broker: str, producer: AIOKafkaProducer) -> None:
    """A broker without memory once left the library's fetching dead while its partitions stayed assigned."""
    receiver = Receiver(broker)
    await producer.send_and_wait(receiver.topic.name, b"before")
    async with receiver.listening() as consumer:
        await receiver.until_handled({b"before"})
        deaf = consumer._subscriber.consumer
        assert deaf is not None
        deaf._fetcher._fetch_task.cancel()
        await producer.send_and_wait(receiver.topic.name, b"after")
        await receiver.until_handled({b"after"})
        assert consumer._subscriber.consumer is not deaf
        await producer.send_and_wait(receiver.topic.name, b"and after")
        await receiver.until_handled({b"and after"})


async def test_the_lag_of_a_consumer_that_does_not_know_where_to_read_is_not_waited_for(
    broker: str, producer: AIOKafkaProducer
) -> None:
    """After a broker came back without memory, who measured waited for a place that a stopped client never found."""
    receiver = Receiver(broker)
    await producer.send_and_wait(receiver.topic.name, b"1", b"k")
    async with receiver.listening() as consumer:
        await receiver.until_handled({b"1"})
        client = consumer._subscriber.consumer
        assert client is not None
        client._fetcher._fetch_task.cancel()
        for partition in client.assignment():
            client._subscription.subscription.assignment.state_value(partition).await_reset(-2)
        async with asyncio.timeout(10):
            assert await consumer.lag() == {}


async def test_a_consumer_whose_polls_fail_joins_anew_before_a_record_waits(
    broker: str, producer: AIOKafkaProducer
) -> None:
    """A broker without memory left the library asking for a group that does not exist, without end."""
    receiver = Receiver(broker)
    async with receiver.listening() as consumer:
        await eventually(consumer.partitions)
        broken = consumer._subscriber.consumer
        assert broken is not None

        def fails() -> None:
            raise KafkaError("Unexpected exception in heartbeat task: GroupIdNotFound()")

        broken._coordinator.check_errors = fails

        async def another_reads() -> bool:
            return consumer._subscriber.consumer not in (None, broken) and await consumer.partitions() > 0

        await eventually(another_reads)
        await producer.send_and_wait(receiver.topic.name, b"after")
        await receiver.until_handled({b"after"})
