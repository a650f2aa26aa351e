"""Whatever the bytes of a fetch are, reading them raises nothing, repeats nothing and goes on."""

import random
import struct
from itertools import pairwise
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.default_records import DefaultRecordBatch

from chassis.messaging.batches import Batches, Broken, Reading
from chassis.messaging.decompressing import bound
from contracts.topics import PARTNERS_KEYS
from testkit.broken_batches import LAST_DELTA, RECORDS, signed

HERE = TopicPartition("numbers.commands", 0)
FIRST = 100


def batch(base: int, *values: bytes, codec: int = 0) -> bytearray:
    builder = BatchBuilder(10_000, codec, is_transactional=False)
    for value in values:
        builder.append(key=b"k", value=value, timestamp=1, headers=[("name", b"1")])
    built = bytearray(builder._build())
    struct.pack_into(">q", built, 0, base)
    return built


def read(data: bytes, place: int = FIRST, partition: TopicPartition = HERE) -> tuple[list[Any], int]:
    """What a fetch from `place` brings, and where the next begins."""
    reading = Reading(partition, Batches(data), None, place, None, None, True, 0)
    return list(reading), reading.next_fetch_offset


def offsets(found: list[Any]) -> list[int]:
    return [one.offset for one in found]


def short(base: int, delta: int, *values: bytes) -> bytearray:
    """As compaction leaves it: with offsets at its end that have no record any more."""
    built = batch(base, *values)
    struct.pack_into(">i", built, LAST_DELTA, delta)
    return signed(built)


def test_good_batches_are_read_whole_and_a_cut_one_behind_them_comes_with_the_next_fetch() -> None:
    data = batch(FIRST, b"a", b"b", codec=1) + batch(FIRST + 2, b"c")
    for rest in (b"", bytes(batch(FIRST + 3, b"d")[:-1]), b"\0" * 5):
        found, behind = read(bytes(data) + rest)
        assert ([one.value for one in found], behind) == ([b"a", b"b", b"c"], FIRST + 3)


def test_a_fetch_may_begin_in_the_middle_of_a_batch() -> None:
    found, behind = read(bytes(batch(FIRST - 2, b"a", b"b", b"c", b"d")))
    assert (offsets(found), behind) == ([FIRST, FIRST + 1], FIRST + 2)


def test_offsets_that_a_batch_has_no_records_for_are_asked_for_unless_the_topic_is_compacted() -> None:
    data = bytes(short(FIRST, 50, b"a", b"b"))
    assert read(data)[1] == FIRST + 2
    assert read(data, FIRST + 2) == ([], FIRST + 51)  # it is what the broker has there
    assert read(data, partition=TopicPartition(PARTNERS_KEYS.name, 0))[1] == FIRST + 51


def test_what_is_behind_a_broken_batch_is_left_to_the_next_fetch() -> None:
    broken = batch(FIRST + 1, b"x", b"y")
    broken[-1] ^= 0xFF
    (good, stand_in), behind = read(bytes(batch(FIRST, b"a") + broken + batch(FIRST + 3, b"b")))
    assert (good.offset, stand_in.offset, stand_in.last, behind) == (FIRST, FIRST + 1, FIRST + 2, FIRST + 3)
    assert stand_in.mark == bytes(broken[:RECORDS])


def changed(built: bytearray, place: int, byte: int) -> bytes:
    built[place] = byte
    return bytes(signed(built))


@pytest.mark.parametrize(
    ("place", "byte", "cause"),
    [
        (-6, 0xFF, "the name of a header of a record is not UTF-8"),
        (-7, 0x01, "what a record says of its lengths does not fit its bytes"),
        (-2, 0x10, "what a record says of its lengths does not fit its bytes"),
        (RECORDS, 0x70, "what a record says of its lengths does not fit its bytes"),
    ],
)
def test_why_a_batch_is_broken_is_told_without_the_words_of_a_parser(place: int, byte: int, cause: str) -> None:
    """The end of a batch is its header: two lengths, each with its text."""
    (stand_in,), _ = read(changed(batch(FIRST, b"a"), place, byte))
    assert stand_in.cause == cause


def test_of_a_broken_batch_that_contradicts_itself_the_smaller_number_is_believed_until_it_comes_again() -> None:
    broken = short(FIRST, 50, b"a", b"b")
    broken[-1] ^= 0xFF
    ((near,), behind), ((far,), end) = read(bytes(broken)), read(bytes(broken), FIRST + 2)
    assert (near.offset, near.last, behind) == (FIRST, FIRST + 1, FIRST + 2)
    assert (far.offset, far.last, end) == (FIRST + 2, FIRST + 50, FIRST + 51)


@pytest.mark.parametrize("resign", [False, True], ids=["as it is", "with the right checksum"])
@pytest.mark.parametrize("codec", range(5))
def test_no_bytes_raise_or_repeat_an_offset_or_are_read_for_ever(codec: int, *, resign: bool) -> None:
    bound()
    chance = random.Random(codec)
    for _ in range(2000):
        data = batch(FIRST, *(b"%d" % number for number in range(chance.randrange(1, 6))), codec=codec)
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(8, len(data))] = chance.randrange(256)
        if resign and len(data) > RECORDS:
            signed(data)
        found, behind = read(bytes(data[: chance.choice((len(data), chance.randrange(1, len(data))))]))
        assert behind > FIRST
        assert all(one.offset < other.offset for one, other in pairwise(found))
        assert [isinstance(one, Broken) for one in found[:-1]] == [False] * len(found[:-1])
        assert all(FIRST <= one.offset < behind for one in found)


def test_the_parser_of_the_library_is_the_compiled_one() -> None:
    assert DefaultRecordBatch.__module__.startswith("aiokafka.record._crecords")
