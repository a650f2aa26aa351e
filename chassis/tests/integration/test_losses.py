"""What a topic loses before we read it is counted, and told apart from every other gap."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaConnectionError

from chassis.messaging.losses import LOST, Losses
from testkit.records import FakeRecord

from .receiver import Receiver

HERE = TopicPartition("numbers.commands", 0)


@dataclass
class Log:
    """A consumer of one partition: where its group stands, and where the log begins now."""

    committed_at: int | None = None
    begins: int = 0
    assigned: set[TopicPartition] = field(default_factory=lambda: {HERE})
    away: bool = False

    def assignment(self) -> set[TopicPartition]:
        return self.assigned

    async def committed(self, _: TopicPartition) -> int | None:
        if self.away:
            raise KafkaConnectionError
        return self.committed_at

    async def beginning_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self.begins)


def at(*offsets: int) -> list[FakeRecord]:
    return [FakeRecord(HERE.topic, b"k", b"v", [], partition=0, offset=offset) for offset in offsets]


def lost(service: str, topic: str = HERE.topic) -> float:
    return float(LOST.labels(service, topic)._value.get())


@pytest.mark.parametrize(
    ("log", "offsets", "expected"),
    [
        (Log(committed_at=3), (3, 4, 5), 0),
        (Log(committed_at=3, begins=10), (10, 11), 7),
        (Log(committed_at=3, begins=100), (10, 11), 7),  # it went on losing since
        (Log(committed_at=3, begins=5), (10, 11), 2),  # the rest was left out by compaction
        (Log(committed_at=3, begins=0), (10, 11), 0),
        (Log(committed_at=None, begins=10), (10, 11), 0),  # a new group: it was gone before we began
        (Log(committed_at=10, begins=8), (3, 4), 0),  # the log began anew
        (Log(committed_at=0, begins=20), (0, 1, 20), 18),  # between two polls of a slow reader
        (Log(committed_at=0, begins=1), (0, 1, 20), 0),
    ],
)
async def test_only_what_the_log_no_longer_has_is_lost(log: Log, offsets: tuple[int, ...], expected: int) -> None:
    service = f"toy-{id(log)}"
    await Losses(service).look(log, at(*offsets))
    assert lost(service) == expected


async def test_a_jump_is_counted_and_logged_once(lines: Any) -> None:
    log, losses = Log(committed_at=3, begins=10), Losses("once")
    await losses.look(log, at(10, 11))
    losses.expect(HERE, 10)  # the batch is read again
    await losses.look(log, at(10, 11, 12))
    assert lost("once") == 7
    assert lines == [
        {"event": "records were lost before they were read", "log_level": "error", "topic": HERE.topic}
        | {"partition": HERE.partition, "first": 3, "last": 9}
    ]


async def test_what_is_gone_when_a_batch_is_read_again_is_lost() -> None:
    log, losses = Log(committed_at=0), Losses("again")
    await losses.look(log, at(0, 1, 2))
    losses.expect(HERE, 0)
    log.begins = 3
    await losses.look(log, at(3))
    assert lost("again") == 3


async def test_what_another_has_read_meanwhile_is_not_lost() -> None:
    log, losses = Log(committed_at=0), Losses("another")
    await losses.look(log, at(0, 1))
    log.assigned = set()
    await losses.look(log, [])
    log.assigned, log.committed_at, log.begins = {HERE}, 50, 45
    await losses.look(log, at(50))
    log.committed_at, log.begins = 90, 80  # away and back between two polls
    await losses.look(log, at(90))
    assert lost("another") == 0


async def test_a_broker_that_cannot_be_asked_keeps_no_record_from_us() -> None:
    log, losses = Log(committed_at=0, begins=10, away=True), Losses("away")
    await losses.look(log, at(10))
    assert lost("away") == 0


async def test_what_the_embedded_broker_dropped_from_a_full_partition_is_counted(
    broker: str, producer: AIOKafkaProducer
) -> None:
    receiver, large = Receiver(broker), b"x" * 100_000
    name = receiver.topic.name
    await producer.send_and_wait(name, b"first", b"k", partition=0)
    async with receiver.listening():
        await receiver.until_handled({b"first"})
    for _ in range(120):  # it keeps 5 MiB
        await producer.send_and_wait(name, large, b"k", partition=0)
    await producer.send_and_wait(name, b"last", b"k", partition=0)
    async with receiver.listening():
        await receiver.until_handled({b"last"})
    read = len(receiver.handled)
    assert 0 < read < 122
    assert lost(receiver.name, name) == 122 - read
