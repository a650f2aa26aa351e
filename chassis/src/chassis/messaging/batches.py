"""Reads the batches of a fetch, in place of the client library: what a batch says of itself is not believed.

The library raises where it cannot read on, and what a poll has read of other partitions until then is lost; it leaves
a batch behind that is cut off, without a word; and it takes the place to read next from whatever a record says. Here
nothing raises. Good records are handed on, and in the place of what cannot be read, or lies, stands one `Broken`.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from aiokafka.consumer import fetcher
from aiokafka.errors import CorruptRecordException, UnsupportedCodecError
from aiokafka.record.default_records import DefaultRecordBatch

from chassis.messaging.decompressing import TooMuch
from chassis.messaging.losses import is_compacted

# The record batch of format 2. Older formats begin with the same three fields; Apache Kafka takes them no more, and the
# compiled parser of the library dies of some of their bytes, with the process: they are not read.
LENGTH, MAGIC, ATTRIBUTES, RECORDS = 8, 16, 21, 57
BEFORE, HEADER = 12, 61  # bytes before what LENGTH counts; bytes before the first record
TRANSACTIONAL, CONTROL = 0x10, 0x20
FORMAT = 2


@dataclass(frozen=True, slots=True)
class Broken:
    """Stands in a poll for offsets that cannot be read. `mark` is the beginning of their batch."""

    topic: str
    partition: int
    offset: int
    last: int
    cause: str
    mark: bytes


class Lie(ValueError):
    """A batch is not what it says."""


class Head(NamedTuple):
    """What a batch says of itself: of another format only where it ends."""

    magic: int
    attributes: int
    base: int
    delta: int
    records: int

    @property
    def last(self) -> int:
        """The last offset that may be its own; brokers go by the one number or by the other."""
        return self.base + max(self.delta, self.records - 1)

    @property
    def sure(self) -> int:
        """The last offset that is its own by both numbers; what lies behind may be a good record of somebody else."""
        return self.base + min(self.delta, self.records - 1)

    def judge(self) -> None:
        """Raises Lie. Compaction leaves fewer records than offsets, and nothing leaves more."""
        if self.magic != FORMAT:
            raise Lie(f"the format of the batch is {self.magic}")
        if not 0 <= self.records <= self.delta + 1:
            raise Lie(f"the batch says that it has {self.records} records at {self.delta + 1} offsets")
        if self.is_control and (self.records > 1 or not self.attributes & TRANSACTIONAL):
            raise Lie("the batch says that it is a marker of a transaction, and is none")

    @property
    def is_control(self) -> bool:
        """A marker of the broker, with no record of anybody."""
        return bool(self.attributes & CONTROL)


def head_of(batch: memoryview) -> Head:
    """Raises Lie when it is too short to have one."""
    if len(batch) <= MAGIC:
        raise Lie(f"the batch is cut off: {len(batch)} bytes are no beginning of one")
    (base,), magic = struct.unpack_from(">q", batch), batch[MAGIC]
    if magic != FORMAT or len(batch) < HEADER:
        return Head(magic, 0, base, 0, 0)
    attributes, delta = struct.unpack_from(">hi", batch, ATTRIBUTES)
    (records,) = struct.unpack_from(">i", batch, RECORDS)
    return Head(magic, attributes, base, delta, records)


class Batches:
    """The bytes of one partition in a fetch; takes the place of `MemoryRecords`."""

    def __init__(self, data: bytes | None) -> None:
        self._rest = memoryview(data or b"")
        self._size = len(self._rest)

    def size_in_bytes(self) -> int:
        """As the library asks."""
        return self._size

    def has_next(self) -> bool:
        """The first is there even when it is cut off: brokers send it whole. Of a later one the end may be missing."""
        return len(self._rest) > 0 and (len(self._rest) == self._size or self._length() <= len(self._rest))

    def peek(self) -> memoryview:
        """All that is left, from the beginning of the next batch on."""
        return self._rest

    def take(self) -> memoryview:
        """The next batch. Raises Lie when it is cut off, or shorter than its header: the parser reads that unasked."""
        length = self._length()
        if not HEADER <= length <= len(self._rest):
            raise Lie(f"the batch says that it has {length} bytes, and {len(self._rest)} are there")
        batch, self._rest = self._rest[:length], self._rest[length:]
        return batch

    def _length(self) -> int:
        if len(self._rest) < BEFORE:
            return HEADER
        (length,) = struct.unpack_from(">i", self._rest, LENGTH)
        return BEFORE + int(length)


class Reading(fetcher.PartitionRecords):
    """Takes the place of `PartitionRecords`. After one that is broken it ends: the next fetch goes on behind it."""

    def _unpack_records(self) -> Iterator[Any]:
        batches: Batches = self._records
        while batches.has_next():
            mark, last = bytes(batches.peek()[:HEADER]), self.next_fetch_offset
            try:
                head = head_of(batches.peek())
                end = self._end(head)
                last = max(end, last)
                head.judge()
                yield from self._believed(head, end, batches.take())
            except Exception as error:  # noqa: BLE001  whatever the bytes of a stranger make a parser do
                first, self.next_fetch_offset = self.next_fetch_offset, last + 1
                if first <= last:  # else it is behind the last record, and nobody misses it
                    yield Broken(self._tp.topic, self._tp.partition, first, last, _why(error), mark)
                return
            if self.next_fetch_offset <= head.last:
                return

    def _end(self, head: Head) -> int:
        """The last offset that is the batch's own, for who reads on from here.

        A broker that goes by the larger of its numbers brings it again for an offset behind the smaller.
        """
        if is_compacted(self._tp.topic) or head.sure < self.next_fetch_offset:
            return head.last
        return head.sure

    def _believed(self, head: Head, end: int, data: memoryview) -> Iterator[Any]:
        """The records from the place to read next on, which moves behind each of them.

        Offsets at the end that have no records are passed over where the topic is compacted. Elsewhere the place stays
        before them, and the broker is asked what it has there.
        """
        batch = DefaultRecordBatch(data)
        if not batch.validate_crc():
            raise Lie("the checksum of the batch does not fit its bytes")
        begin, after = self.next_fetch_offset, head.base
        for record in () if head.is_control else batch:
            if not after <= record.offset <= end:
                raise Lie(f"a record says that it is at {record.offset}, which must be from {after} to {end}")
            after = record.offset + 1
            if after > self.next_fetch_offset:
                self.next_fetch_offset = after
                yield self._consumer_record(self._tp, record)  # type: ignore[no-untyped-call]  # of the library
        if self.next_fetch_offset == begin or is_compacted(self._tp.topic):
            self.next_fetch_offset = max(end + 1, begin)


def _why(error: Exception) -> str:
    """For an operator; the parser's own words say where in its code it stopped."""
    match error:
        case Lie() | TooMuch():
            return str(error)
        case UnicodeDecodeError():
            return "the name of a header of a record is not UTF-8"
        case UnsupportedCodecError():
            return "the batch is compressed in a way that is not known"
        case CorruptRecordException(__cause__=UnicodeDecodeError()):
            return "the name of a header of a record is not UTF-8"
        case CorruptRecordException():
            return "what a record says of its lengths does not fit its bytes"
    return "the bytes of the batch make no records"


def distrust() -> None:
    """From now on every consumer of this process reads so. The library has no setting for it."""
    for name, ours in {"MemoryRecords": Batches, "PartitionRecords": Reading}.items():
        setattr(fetcher, name, ours)
