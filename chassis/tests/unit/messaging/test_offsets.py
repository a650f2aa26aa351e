"""What the broker did not take is not forgotten."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, KafkaError

from chassis.messaging.offsets import Offsets

ONE, OTHER = TopicPartition("orders.replies", 0), TopicPartition("orders.replies", 1)


@dataclass
class Group:
    """A consumer in its group: `fails` are errors of the next commits, each of which waits for `open`."""

    assigned: set[TopicPartition] = field(default_factory=lambda: {ONE, OTHER})
    fails: list[BaseException] = field(default_factory=list)
    open: asyncio.Event = field(default_factory=asyncio.Event)
    committed: dict[TopicPartition, int] = field(default_factory=dict)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    commits: int = 0
    end: int = 100

    def __post_init__(self) -> None:
        self.open.set()

    def assignment(self) -> set[TopicPartition]:
        return self.assigned

    async def end_offsets(self, partitions: Sequence[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, self.end)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        self.commits += 1
        self.asked.set()
        await self.open.wait()
        if self.fails:
            raise self.fails.pop(0)
        self.committed |= offsets


async def test_whatever_a_commit_fails_of_it_is_tried_again() -> None:
    """In the middle of a rebalance the client library raises what is no error of Kafka."""
    group, offsets = Group(fails=[AssertionError("no assignment"), KeyError(ONE)]), Offsets()
    offsets.handled({ONE: 5})
    for _ in range(3):
        await offsets.tell(group)
    assert group.committed == {ONE: 5}


async def test_a_commit_that_failed_is_tried_again_though_nothing_new_is_handled() -> None:
    group, offsets = Group(fails=[CommitFailedError("a rebalance"), KafkaError("away")]), Offsets()
    offsets.handled({ONE: 5})
    for _ in range(4):
        await offsets.tell(group)
    assert (group.committed, group.commits) == ({ONE: 5}, 3)


async def test_what_is_handled_during_a_commit_goes_with_the_next() -> None:
    group, offsets = Group(), Offsets()
    offsets.handled({ONE: 5, OTHER: 1})
    group.open.clear()
    first = asyncio.create_task(offsets.tell(group))
    await group.asked.wait()
    offsets.handled({ONE: 6})
    group.open.set()
    await first
    assert group.committed == {ONE: 5, OTHER: 1}
    group.committed = {}
    await offsets.tell(group)
    assert group.committed == {ONE: 6}


async def test_what_another_reads_now_is_not_committed_later() -> None:
    group, offsets = Group(fails=[CommitFailedError("a rebalance")]), Offsets()
    offsets.handled({ONE: 5, OTHER: 7})
    await offsets.tell(group)
    group.assigned = {OTHER}
    await offsets.tell(group)
    group.assigned = {ONE, OTHER}
    await offsets.tell(group)
    assert group.committed == {OTHER: 7}


async def test_what_was_handled_of_a_log_that_is_gone_is_not_committed_to_the_new_one() -> None:
    group, offsets = Group(fails=[KafkaError("the broker is away")]), Offsets()
    offsets.handled({ONE: 50, OTHER: 7})
    await offsets.tell(group)
    group.end = 8
    for _ in range(2):
        await offsets.tell(group)
    assert (group.committed, group.commits) == ({OTHER: 7}, 2)
    offsets.handled({ONE: 3})
    await offsets.tell(group)
    assert group.committed == {ONE: 3, OTHER: 7}


async def test_without_a_consumer_nothing_is_committed() -> None:
    offsets = Offsets()
    offsets.handled({ONE: 5})
    await offsets.tell(None)
    group = Group()
    await offsets.tell(group)
    assert group.commits == 0


async def test_a_commit_that_the_client_library_breaks_off_is_tried_again() -> None:
    """A future of the library that is cancelled is no cancellation of ours."""
    group, offsets = Group(fails=[asyncio.CancelledError()]), Offsets()
    offsets.handled({ONE: 5})
    for _ in range(2):
        await offsets.tell(group)
    assert (group.committed, offsets.out_of_reach) == ({ONE: 5}, False)


async def test_a_commit_without_end_is_given_up_and_tried_again() -> None:
    group, offsets = Group(), Offsets(within=0.01)
    group.open.clear()
    offsets.handled({ONE: 5})
    await offsets.tell(group)
    assert group.committed == {}
    group.open.set()
    await offsets.tell(group)
    assert group.committed == {ONE: 5}


async def test_the_end_of_our_own_task_is_none_of_the_library() -> None:
    group, offsets = Group(), Offsets()
    group.open.clear()
    offsets.handled({ONE: 5})
    telling = asyncio.create_task(offsets.tell(group))
    await group.asked.wait()
    telling.cancel()
    await asyncio.wait([telling])
    assert telling.cancelled()


async def test_when_no_commit_goes_through_for_long_the_group_is_to_be_joined_anew() -> None:
    group, offsets = Group(fails=[CommitFailedError("who are you?")] * 3), Offsets(longest=0.0)
    offsets.handled({ONE: 5})
    assert not offsets.out_of_reach
    await offsets.tell(group)
    assert offsets.out_of_reach
    offsets.forget()
    assert not offsets.out_of_reach
