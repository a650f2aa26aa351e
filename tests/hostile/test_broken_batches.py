"""Signed orders and batches that nobody can read, written at the same time to the same partitions.

Each order runs once, and each broken batch is told of: whoever reads on behind one must not lose what lies beside it.
"""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import cycle

import pytest
from aiokafka import AIOKafkaProducer

from chassis.messaging.decompressing import MOST
from chassis.messaging.fetching import NotFetchable
from contracts.topics import ORDERS_SUBMISSIONS
from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended
from dialtone.stack.stack import Stack
from testkit import broken_batches as broken
from testkit.time import eventually
from tests.hostile.letters import letters_of
from tests.load.orders import operator
from tests.pipeline import forms
from tests.pipeline.kafka_portal import Portal

pytestmark = pytest.mark.pipeline
GOOD = 60
TOPIC = ORDERS_SUBMISSIONS.name
TOLD = re.compile(rf"Offsets (\d+) to (\d+) of {re.escape(TOPIC)}\[(\d+)\]")
Spoil = Callable[[bytearray], bytearray]
Offset = tuple[int, int]  # partition, and the place in it
# Apache Kafka refuses what the embedded broker takes beyond these.
TAKEN: tuple[Spoil, ...] = (
    broken.header_name_that_is_no_utf8,
    broken.last_record_far_away,
    broken.last_record_before_its_batch,
    broken.all_records_at_one_offset,
)
SPOILS: dict[str, tuple[Spoil, ...]] = {
    "kafka": TAKEN,
    "embedded": (
        *TAKEN,
        broken.unknown_codec,
        broken.wrong_checksum,
        broken.gzip_of_nothing,
        broken.cut_off,
        broken.endless,
        broken.cut_inside,
        broken.unknown_format,
        broken.shorter_than_its_header,
        broken.more_records_than_offsets,
        broken.broken_with_more_offsets_than_records,
        broken.marker_of_no_transaction,
    ),
}
BOMBS = {"gzip": 2 * MOST, "snappy": MOST + 1, "lz4": 2 * MOST, "zstd": 2 * MOST}


async def spoil_on(stack: Stack, chance: random.Random, sent: set[Offset]) -> None:
    """Broken batches without end; of each the last of its three offsets, which none of them lets anybody read."""
    async with AIOKafkaProducer(bootstrap_servers=stack.broker.bootstrap) as stranger:
        for spoil in cycle(SPOILS[stack.broker.kind]):
            partition = chance.randrange(ORDERS_SUBMISSIONS.partitions)
            first = await broken.send_broken(stranger, TOPIC, spoil, b"x", b"y", b"z", partition=partition)
            sent.add((partition, first + 2))
            await asyncio.sleep(chance.uniform(0.02, 0.06))


async def bomb_on(stack: Stack, chance: random.Random, sent: set[Offset]) -> None:
    for codec in cycle(BOMBS):
        partition = chance.randrange(ORDERS_SUBMISSIONS.partitions)
        sent.add((partition, await broken.send_bomb(stack.broker.bootstrap, TOPIC, codec, BOMBS[codec], partition)))
        await asyncio.sleep(0.15)


@asynccontextmanager
async def attacked(stack: Stack) -> AsyncIterator[set[Offset]]:
    """Until the end of the block; the offsets that nobody can read, as they come."""
    chance, sent = random.Random(7), set[Offset]()
    attacks = [asyncio.create_task(attack(stack, chance, sent)) for attack in (spoil_on, bomb_on)]
    try:
        yield sent
    finally:
        for attack in attacks:
            attack.cancel()
        ended_by = await asyncio.gather(*attacks, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in ended_by), ended_by


async def told(stack: Stack) -> dict[str, set[Offset]]:
    """The offsets that dead letters say nobody can read, by the id of the letter."""
    async with operator(stack) as client:
        letters = await letters_of(client, stack.url("order-intake"), NotFetchable.code)
    places = {letter["dl_id"]: TOLD.search(letter["error_message"]) for letter in letters}
    return {
        dl_id: {(int(place[3]), offset) for offset in range(int(place[1]), int(place[2]) + 1)}
        for dl_id, place in places.items()
        if place is not None
    }


async def test_every_good_order_beside_broken_batches_runs_once_and_every_broken_batch_is_told_of(
    stack: Stack, actors: Actors, enterprise: str
) -> None:
    wanted = [forms.hosted(enterprise, seats=1, number_searches=[forms.search("212", 1)]) for _ in range(GOOD)]
    before, portal = await told(stack), Portal(stack)
    await portal.start()
    async with attacked(stack) as unreadable:
        for form in wanted:
            await portal.submit(form)
            await asyncio.sleep(0.03)
    await portal.stop()
    ids = [await actors.order_of(form["external_id"]) for form in wanted]
    orders = [await actors.until(one, ended) for one in ids]
    assert [(order["state"], order["run"]) for order in orders] == [("completed", 1)] * GOOD
    assert len({number["number"] for order in orders for number in order["numbers"]["reserved"]}) == GOOD

    async def all_told() -> bool:
        new = [offsets for dl_id, offsets in (await told(stack)).items() if dl_id not in before]
        return unreadable <= set().union(*new)

    assert len(unreadable) > GOOD / 2
    await eventually(all_told)
