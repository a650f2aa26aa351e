"""What Kafka may do to messages: bring them twice, in another order, or unreadable."""

import asyncio
import random
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from contracts import topics
from dialtone.demo.actors import Actors
from dialtone.demo.scenario import ended, waits
from dialtone.stack.stack import Stack
from tests.pipeline import forms

INTERNAL = [
    topics.CATALOG_COMMANDS.name,
    topics.NUMBERS_COMMANDS.name,
    topics.BROADSOFT_COMMANDS.name,
    topics.TICKETS_COMMANDS.name,
    topics.ORDERS_REPLIES.name,
    topics.TICKETS_EVENTS.name,
]


async def everything(stack: Stack, keys: set[bytes]) -> list[Any]:
    """Every record of the internal topics that belongs to these orders."""
    consumer = AIOKafkaConsumer(
        *INTERNAL, bootstrap_servers=stack.broker.bootstrap, auto_offset_reset="earliest", fetch_max_wait_ms=50
    )
    await consumer.start()
    try:
        found: list[Any] = []
        ends = await consumer.end_offsets(list(consumer.assignment()))
        while any([await consumer.position(partition) < end for partition, end in ends.items()]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                found += [record for record in records if record.key in keys]
        return found
    finally:
        await consumer.stop()


async def test_duplicates_in_any_order_change_nothing(stack: Stack, actors: Actors, enterprise: str) -> None:
    searches = [forms.search("305", 2)]
    trunks = [forms.search("305", 2, trunking=True)]
    ids = [await actors.submit(forms.hosted(enterprise, number_searches=searches)) for _ in range(4)]
    ids += [await actors.submit(forms.trunking(enterprise, number_searches=trunks)) for _ in range(4)]
    before = [await actors.until(one, lambda order: ended(order) or waits(order)) for one in ids]
    records = await everything(stack, {one.encode() for one in ids}) * 2
    random.Random(7).shuffle(records)
    producer = AIOKafkaProducer(bootstrap_servers=stack.broker.bootstrap)
    await producer.start()
    for record in records:
        await producer.send(record.topic, record.value, record.key, headers=list(record.headers))
    await producer.stop()
    await quiet(stack, actors)
    after = [await actors.order(one) for one in ids]
    assert len(records) > 100
    assert [order["state"] for order in after] == [order["state"] for order in before]
    assert [order["timeline"] for order in after] == [order["timeline"] for order in before]
    assert [order["numbers"] for order in after] == [order["numbers"] for order in before]


async def quiet(stack: Stack, actors: Actors) -> None:
    """A fresh order that goes all the way proves that everything sent before it was handled."""
    sentinels = [await actors.submit(forms.trunking(f"Enterprise {forms.SESSION}")) for _ in range(12)]
    for one in sentinels:
        await actors.until(one, waits)


async def test_poison_among_good_ones_is_dead_lettered_whole_and_blocks_nobody(
    stack: Stack, actors: Actors, enterprise: str
) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=stack.broker.bootstrap)
    await producer.start()
    poison = [
        (b"\xff\xfe not json", [("ce_type", b"\xc3\x28"), ("nothing", None)]),
        (
            b"{}",
            [("ce_id", b"p"), ("ce_source", b"t"), ("ce_type", b"no.Such.v1"), ("ce_specversion", b"1.0")],
        ),
        (None, []),
    ]
    for partition in range(2):
        for value, headers in poison:
            key = f"poison-{partition}".encode()
            await producer.send("numbers.commands", value, key, partition=partition, headers=headers)
    ids = [await actors.submit(forms.trunking(enterprise)) for _ in range(5)]
    await producer.stop()
    for one in ids:
        await actors.until(one, waits)
    letters = await letters_of(actors, {"poison-0", "poison-1"}, 6)
    whole = [await actors.dead_letter(letter["dl_id"]) for letter in letters]
    assert {letter["service"] for letter in letters} == {"did-inventory"}
    assert {letter["error_code"] for letter in letters} == {"message-not-readable", "message-unknown"}
    assert {one["headers"]["dl-source-topic"] for one in whole} == {"numbers.commands"}
    assert sorted(one["value"] for one in whole if one["value"]) == ["{}", "{}"] + ["\ufffd\ufffd not json"] * 2


async def letters_of(actors: Actors, keys: set[str], count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(30):
        while True:
            found = [one for one in await actors.all_dead_letters() if one["order_id"] in keys]
            if len(found) >= count:
                return found
            await asyncio.sleep(0.1)
