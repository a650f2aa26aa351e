"""A batch is decompressed as far as a batch may go, whatever it is compressed with."""

import gzip
import tracemalloc

import cramjam
import pytest
from aiokafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from aiokafka.record.legacy_records import LegacyRecordBatch, LegacyRecordBatchBuilder

from chassis.messaging.decompressing import MOST, TooMuch, bound, gunzipped, unsnapped

CODECS = {"gzip": 1, "snappy": 2, "lz4": 3, "zstd": 4}


def batch(number: int, value: bytes) -> bytes:
    builder = DefaultRecordBatchBuilder(2, number, 0, -1, -1, -1, 10 * MOST)
    builder.append(0, timestamp=1, key=b"k", value=value, headers=[])
    return bytes(builder.build())


@pytest.mark.parametrize("name", CODECS)
def test_what_fits_is_what_it_was(name: str) -> None:
    bound()
    for value in (b"", b"abc" * 100, b"x" * (MOST - 100)):
        assert [one.value for one in DefaultRecordBatch(batch(CODECS[name], value))] == [value]


@pytest.mark.parametrize("name", CODECS)
def test_a_bomb_is_not_set_off(name: str) -> None:
    bound()
    made = DefaultRecordBatch(batch(CODECS[name], b"\0" * (2 * MOST)))
    tracemalloc.start()
    with pytest.raises(TooMuch, match=f"more than {MOST} bytes"):
        list(made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4 * MOST


@pytest.mark.parametrize("name", ["gzip", "snappy", "lz4"])
def test_a_bomb_in_the_old_format_is_not_set_off_either(name: str) -> None:
    bound()
    builder = LegacyRecordBatchBuilder(1, CODECS[name], 10 * MOST)
    builder.append(0, timestamp=1, key=b"k", value=b"\0" * (2 * MOST))
    with pytest.raises(TooMuch):
        list(LegacyRecordBatch(bytes(builder.build()), 1))


def test_snappy_is_read_in_one_block_too() -> None:
    assert unsnapped(bytes(cramjam.snappy.compress_raw(b"abc" * 100))) == b"abc" * 100
    with pytest.raises(TooMuch):
        unsnapped(bytes(cramjam.snappy.compress_raw(b"\0" * (MOST + 1))))


def test_members_of_gzip_are_counted_together() -> None:
    half = gzip.compress(b"\0" * (MOST // 2))
    assert len(gunzipped(half + half)) == MOST
    with pytest.raises(TooMuch):
        gunzipped(half * 3)


@pytest.mark.parametrize("name", CODECS)
def test_what_is_compressed_with_nothing_is_an_error_as_before(name: str) -> None:
    bound()
    spoilt = bytearray(batch(0, b"no compression at all"))
    spoilt[22] |= CODECS[name]
    with pytest.raises(Exception, match=r".") as raised:
        list(DefaultRecordBatch(bytes(spoilt)))
    assert not isinstance(raised.value, TooMuch)
