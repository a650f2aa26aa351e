"""What the world was told of charges: every line on `billing.events`, read from the topic itself."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import date
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition

from contracts.topics import BILLING_EVENTS
from dialtone.invariants.catalog_rows import LineKey, Posting, PublishedLine

AT_ONCE = 5_000  # records
PLACES = [TopicPartition(BILLING_EVENTS.name, number) for number in range(BILLING_EVENTS.partitions)]


class Published:
    """Reads on from where it was. A record that was sent again, under its own id, counts once."""

    def __init__(self, reader: AIOKafkaConsumer) -> None:
        self._reader = reader
        self._found: dict[str, list[PublishedLine]] = {}

    async def lines(self) -> list[PublishedLine]:
        """All that are there."""
        ends = await self._reader.end_offsets(PLACES)
        while any([await self._reader.position(place) < ends[place] for place in PLACES]):
            for records in (await self._reader.getmany(timeout_ms=200, max_records=AT_ONCE)).values():
                self._found |= {_id_of(record): _lines_of(record) for record in records}
        return [line for lines in self._found.values() for line in lines]

    async def lines_with(self, wanted: Iterable[Posting], patience: float) -> list[PublishedLine]:
        """All that are there; up to `patience` seconds are given to the wanted ones, which may be on their way."""
        deadline = asyncio.get_running_loop().time() + patience
        missing, found = [*wanted], await self.lines()
        while missing := _missing(missing, found):
            if asyncio.get_running_loop().time() >= deadline:
                break
            await asyncio.sleep(0.2)
            found = await self.lines()
        return found


def keys_of(postings: Iterable[Posting]) -> set[LineKey]:
    """By which lines on the topic may be theirs."""
    return {key for posting in postings for key in (posting.posting, posting.unnumbered)}


def _missing(wanted: Iterable[Posting], found: Iterable[PublishedLine]) -> list[Posting]:
    told = {line.key for line in found}
    return [posting for posting in wanted if told.isdisjoint(keys_of([posting]))]


@asynccontextmanager
async def published(bootstrap: str) -> AsyncIterator[Published]:
    """Raises KafkaError and OSError where the broker cannot be asked."""
    reader = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest", enable_auto_commit=False)
    await reader.start()
    try:
        reader.assign(PLACES)
        await reader.seek_to_beginning(*PLACES)
        yield Published(reader)
    finally:
        await reader.stop()


def _id_of(record: "ConsumerRecord[bytes, bytes]") -> str:
    return dict(record.headers).get("ce_id", b"").decode()


def _lines_of(record: "ConsumerRecord[bytes, bytes]") -> list[PublishedLine]:
    data = json.loads(record.value or b"{}")
    return [_line(data["order_id"], line) for line in data.get("lines", ())]


def _line(order_id: str, line: dict[str, Any]) -> PublishedLine:
    since = date.fromisoformat(line["from_date"])
    return PublishedLine(order_id, line["line"], since, line["quantity"], line.get("posting"))
