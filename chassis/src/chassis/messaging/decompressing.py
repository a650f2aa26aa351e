"""What a batch may become when it is decompressed: the client library has no bound of its own.

522 kB of gzip are 512 MiB of zeros, so one batch of a stranger would cost the process its memory before anybody could
count it. Every codec stops at `MOST` here; the batch is then one of those that cannot be fetched (see `fetching`).
The library has no setting for it: its parsers, compiled or not, look the decoders up in their modules.
"""

import gzip
import importlib
import io
import struct
from collections.abc import Callable, Mapping
from types import MappingProxyType

import cramjam

from contracts.topics import LARGEST_RECORD

# Producers bound a batch before they compress it, so a sound one stays far below.
MOST = 4 * LARGEST_RECORD
Payload = bytes | memoryview
PARSERS = (
    "aiokafka.record.default_records",
    "aiokafka.record.legacy_records",
    "aiokafka.record._crecords.default_records",
    "aiokafka.record._crecords.legacy_records",
)
XERIAL = b"\x82SNAPPY\x00"  # the stream of snappy blocks that Java's clients write
XERIAL_HEADER = 16


class TooMuch(ValueError):
    """It would not fit into what a batch may become."""

    def __init__(self) -> None:
        super().__init__(f"decompressed it has more than {MOST} bytes")


def gunzipped(payload: Payload) -> bytes:
    """Read in pieces, with the checksum."""
    with gzip.GzipFile(fileobj=io.BytesIO(payload)) as stream:
        found = stream.read(MOST + 1)
    if len(found) > MOST:
        raise TooMuch
    return found


def unsnapped(payload: Payload) -> bytes:
    """A block says how large it becomes, and the decoder holds it to that."""
    data = memoryview(payload)
    if bytes(data[: len(XERIAL)]) != XERIAL:
        return _block(data, MOST)
    out, cursor = io.BytesIO(), XERIAL_HEADER
    while cursor < len(data):
        (size,) = struct.unpack_from("!i", data, cursor)
        if size < 0:
            raise ValueError("a block of snappy has a negative size")
        out.write(_block(data[cursor + 4 : cursor + 4 + size], MOST - out.tell()))
        cursor += 4 + size
    return out.getvalue()


def _block(data: memoryview, room: int) -> bytes:
    if cramjam.snappy.decompress_raw_len(data) > room:
        raise TooMuch
    return bytes(cramjam.snappy.decompress_raw(data))


def _into(decompress: Callable[[Payload, bytearray], int]) -> Callable[[Payload], bytes]:
    """Into a buffer that does not grow. What is not touched of it costs no memory."""

    def bounded(payload: Payload) -> bytes:
        out = bytearray(MOST)
        try:
            size = decompress(payload, out)
        except cramjam.DecompressionError as error:
            if "write whole buffer" in str(error):
                raise TooMuch from error
            raise
        return bytes(memoryview(out)[:size])

    return bounded


DECODERS: Mapping[str, Callable[[Payload], bytes]] = MappingProxyType(
    {
        "gzip_decode": gunzipped,
        "snappy_decode": unsnapped,
        "lz4_decode": _into(cramjam.lz4.decompress_into),
        "zstd_decode": _into(cramjam.zstd.decompress_into),
    }
)


def bound() -> None:
    """From now on nothing in this process decompresses a batch of Kafka to more than `MOST` bytes."""
    for name in PARSERS:
        parser = importlib.import_module(name)
        for decoder, bounded in DECODERS.items():
            if hasattr(parser, decoder):
                setattr(parser, decoder, bounded)
