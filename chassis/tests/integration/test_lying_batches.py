"""What a batch says of itself is not believed: no place is read for ever, and none is left behind without a word."""

from typing import Any

import pytest
from aiokafka import AIOKafkaProducer

from chassis.messaging.fetching import STEPPED_OVER
from chassis.runtime.settings import ServiceSettings
from testkit.broken_batches import (
    all_records_at_one_offset,
    broken_with_more_offsets_than_records,
    cut_inside,
    cut_off,
    endless,
    last_record_before_its_batch,
    last_record_far_away,
    marker_of_no_transaction,
    more_offsets_than_records,
    more_records_than_offsets,
    one_record_in_the_name_of_others,
    send_broken,
    shorter_than_its_header,
    unknown_format,
    wrong_checksum,
)
from testkit.time import eventually

from .receiver import Receiver

# What is read of the three records "x", "y" and "z", and the offsets that are left behind.
LIES = [
    (cut_off, [], (1, 3)),
    (endless, [], (1, 3)),
    (cut_inside, [b"x", b"y"], (3, 3)),
    (shorter_than_its_header, [], (1, 3)),  # the parser of the library dies of it, and the process with it
    (unknown_format, [], (1, 3)),
    (marker_of_no_transaction, [], (1, 3)),
    (more_records_than_offsets, [], (1, 3)),
    (last_record_far_away, [b"x", b"y"], (3, 3)),
    (last_record_before_its_batch, [b"x", b"y"], (3, 3)),
    (all_records_at_one_offset, [b"x"], (2, 3)),
    (more_offsets_than_records, [b"x", b"y", b"z"], None),
]


@pytest.mark.parametrize(("lie", "read", "left"), LIES, ids=[lie.__name__ for lie, _, _ in LIES])
async def test_what_lies_is_stepped_over_and_told_of_once(
    broker: str, lie: Any, read: list[bytes], left: tuple[int, int] | None
) -> None:
    """At the end of a partition, and with records behind it on another."""
    receiver, stranger = Receiver(broker), AIOKafkaProducer(bootstrap_servers=broker)
    name = receiver.topic.name
    await stranger.start()
    for partition in (0, 1):
        await stranger.send_and_wait(name, b"before", b"k", partition=partition)
        await send_broken(stranger, name, lie, b"x", b"y", b"z", partition=partition)
    await stranger.send_and_wait(name, b"behind", b"k", partition=0)

    async def all_is_committed() -> bool:
        return await receiver.committed() == 5 + 4

    async with receiver.listening():
        await receiver.until_handled({b"behind"})
        await eventually(all_is_committed)
    for partition in (0, 1):
        await stranger.send_and_wait(name, b"later on %d" % partition, b"k", partition=partition)
    async with receiver.listening():
        await receiver.until_handled({b"later on 0", b"later on 1"})
    await stranger.stop()
    assert receiver.handled_on(0) == [b"before", *read, b"behind", b"later on 0"]
    assert receiver.handled_on(1) == [b"before", *read, b"later on 1"]
    told = [(gap.partition, offset) for gap in receiver.gaps for offset in range(gap.offset, gap.last + 1)]
    wanted = [] if left is None else list(range(left[0], left[1] + 1))
    assert sorted(told) == [(partition, offset) for partition in (0, 1) for offset in wanted]
    counted = STEPPED_OVER.labels(receiver.name, name)._value.get()
    assert counted == 2 * len(wanted)


async def test_a_broken_batch_makes_no_batch_larger_and_loses_no_record_of_another_partition(broker: str) -> None:
    receiver = Receiver(broker)
    wanted = {partition: [b"%d-%d" % (partition, number) for number in range(1500)] for partition in range(4)}
    async with AIOKafkaProducer(bootstrap_servers=broker, linger_ms=5) as stranger:
        await send_broken(stranger, receiver.topic.name, wrong_checksum, b"x", partition=2)
        for partition, values in wanted.items():
            for value in values:
                await stranger.send(receiver.topic.name, value, b"k", partition=partition)
    async with receiver.listening():
        await receiver.until_handled({value for values in wanted.values() for value in values})
    assert {partition: receiver.handled_on(partition) for partition in wanted} == wanted
    assert max(len(batch) for batch in receiver.batches) <= ServiceSettings.model_fields["batch_size"].default
    assert [(gap.partition, gap.offset, gap.last) for gap in receiver.gaps] == [(2, 0, 0)]


# What is read of the three records, and the offsets that are left behind. None takes an offset that is not its own.
GREEDY = [
    (broken_with_more_offsets_than_records, [], [0, 1, 2]),
    (one_record_in_the_name_of_others, [b"x", b"y"], [2]),
]


@pytest.mark.parametrize(("lie", "read", "left"), GREEDY, ids=[lie.__name__ for lie, _, _ in GREEDY])
async def test_what_claims_the_offsets_of_others_takes_no_good_record_of_theirs(
    broker: str, lie: Any, read: list[bytes], left: list[int]
) -> None:
    receiver = Receiver(broker)
    behind = [b"%d" % number for number in range(100)]
    async with AIOKafkaProducer(bootstrap_servers=broker) as stranger:
        await send_broken(stranger, receiver.topic.name, lie, b"x", b"y", b"z")
        for value in behind:
            await stranger.send_and_wait(receiver.topic.name, value, b"k", partition=0)
    async with receiver.listening():
        await receiver.until_handled({behind[-1]})
    assert receiver.handled_on(0) == [*read, *behind]
    assert [offset for gap in receiver.gaps for offset in range(gap.offset, gap.last + 1)] == left
