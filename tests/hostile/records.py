"""What strangers write on topics: too large, too many, compressed in every way, broken, unsigned."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from chassis.messaging.fetching import NotFetchable
from contracts.topics import ORDERS_REPLIES, ORDERS_SUBMISSIONS
from testkit import broken_batches
from tests.door import REFUSED
from tests.hostile.ground import LARGEST, Attack, Became, Ground
from tests.load import orders

UNREADABLE = "message-not-readable"
UNFETCHABLE = NotFetchable.code


def a_form(**changes: Any) -> dict[str, Any]:
    return {**orders.form("trunking", f"HOSTILE-{uuid4().hex[:12]}", orders.EXCHANGES[0]), **changes}


def with_pbx(text: str) -> dict[str, Any]:
    form = a_form()
    form["items"][0]["trunk"]["pbx"] = text
    return form


async def _refused(ground: Ground, wanted: str, *forms: dict[str, Any]) -> Became:
    ids = [await ground.submit(form) for form in forms]
    codes = await ground.rejected(*ids)
    return Became(f"{len(ids)} refused: {codes[0]}", all(wanted in one for one in codes))


async def large_text(ground: Ground) -> Became:
    return await _refused(ground, "too-long", *[with_pbx("y" * 1_200_000) for _ in range(3)])


async def many_numbers(ground: Ground) -> Became:
    searches = [{"npa": "201", "quantity": 10_000}] * 4
    return await _refused(ground, "too-large", *[a_form(number_searches=searches) for _ in range(3)])


async def endless_keys(ground: Ground) -> Became:
    """Each byte of the key would be six in the rejection; as many as there are shards, and more."""
    ids = []
    for number in range(24):
        event_id = f"key-{uuid4().hex}"
        headers = ground.headers(event_id, "hostile", {})
        key = b"\x01" * 400_000 + str(number).encode()
        await ground.producer.send_and_wait(ORDERS_SUBMISSIONS.name, b"{}", key, headers=headers)
        ids.append(event_id)
    codes = await ground.rejected(*ids)
    return Became(f"{len(ids)} refused: {codes[0]}", all("not-signed" in one[0] for one in codes))


async def near_the_limit(ground: Ground) -> Became:
    """Its dead letter is larger than itself."""
    before = await ground.dead_letters(UNREADABLE)
    more = 0
    for number in range(4):  # one after another: the embedded broker keeps few megabytes of a partition
        await ground.producer.send_and_wait(ORDERS_SUBMISSIONS.name, os.urandom(2_000_000), b"hostile")
        more = await ground.more_dead_letters(UNREADABLE, before, number + 1)
    return Became(f"{more} of 4 are dead letters", more >= 4)


async def five_megabytes_of_one_letter(ground: Ground) -> Became:
    before = await ground.dead_letters(UNREADABLE)
    async with _producer(ground, compression_type="gzip") as producer:
        await producer.send_and_wait(ORDERS_SUBMISSIONS.name, b"z" * 5_000_000, b"hostile")
    more = await ground.more_dead_letters(UNREADABLE, before, 1)
    return Became(f"{more} of 1 is a dead letter, cut", more >= 1)


async def every_codec(ground: Ground) -> Became:
    """Good submissions, compressed as Kafka allows: they are orders like others."""
    codecs = ("gzip", "snappy", "lz4", "zstd")
    wanted = []
    for codec in codecs:
        form = a_form(enterprise="Nobody Compressed Inc")
        own = ground.producer
        async with _producer(ground, compression_type=codec) as ground.producer:
            wanted.append(await ground.submit(form))
        ground.producer = own
    codes = await ground.rejected(*wanted)
    return Became(f"{len(codes)} read and answered: {codes[0]}", all(one == ["enterprise-unknown"] for one in codes))


async def broken(ground: Ground) -> Became:
    """Batches that no client can read: stepped over, and told of."""
    before, refused, spoils = await ground.dead_letters(UNFETCHABLE), 0, _SPOILS
    for spoil in spoils:
        try:
            async with asyncio.timeout(10), _producer(ground) as producer:
                await broken_batches.send_broken(producer, ORDERS_SUBMISSIONS.name, spoil, b"a", b"b")
        except (KafkaError, TimeoutError):
            refused += 1
    wanted = len(spoils) - refused
    more = await ground.more_dead_letters(UNFETCHABLE, before, wanted)
    return Became(f"{more} stepped over, {refused} refused by the broker", more >= wanted)


async def unreadable_by_the_thousand(ground: Ground) -> Became:
    before, count = await ground.dead_letters(UNREADABLE), 100 * ground.scale
    sent = [await ground.producer.send(ORDERS_SUBMISSIONS.name, os.urandom(64)) for _ in range(count)]
    await asyncio.gather(*sent)
    more = await ground.more_dead_letters(UNREADABLE, before, count)
    return Became(f"{more} of {count} are told of by dead letters", more >= count)


async def forged_replies(ground: Ground) -> Became:
    """No stranger may write there; if one did, nothing moves."""
    before, count = await ground.dead_letters(UNREADABLE), 20
    for number in range(count):
        headers = dict(ground.headers(f"forged-{uuid4().hex}", "nobody", {}))
        headers |= {"ce_type": b"dialtone.catalog.OrderPriced.v1", "ce_direction": b"sideways", "ce_step": b"price"}
        value = b'{"order_id": "nobody", "run": %d}' % number
        await ground.producer.send_and_wait(ORDERS_REPLIES.name, value, b"nobody", headers=list(headers.items()))
    more = await ground.more_dead_letters(UNREADABLE, before, count)
    return Became(f"{more} of {count} are dead letters", more >= count)


async def one_field_for_ever(ground: Ground) -> Became:
    """Unsigned, and signed: a field that stands a hundred thousand times, and more values than any form has."""
    value = b'{"order_id": "x", "form": {' + b", ".join([b'"a": 1'] * 100_000) + b"}}"
    ids = [await ground.submit({}, value=value), await ground.submit({"items": [0] * 200_000})]
    codes = await ground.rejected(*ids)
    return Became(f"{len(ids)} refused: {codes}", codes[0] == ["signature-wrong"] and codes[1] == ["malformed"])


async def signatures(ground: Ground) -> Became:
    """Stripped, of another value or key, old, of tomorrow, foreign, of nobody, garbage: each is answered for itself."""
    form, victim = a_form(), ground.victim.key.split("_")[1]
    sent = [
        (await ground.submit(form, signature=""), "not-signed"),
        (await ground.submit(form, value=b'{"order_id": "hostile", "form": {}}'), "signature-wrong"),
        (await ground.submit(form, sent_with="another key"), "signature-wrong"),
        (await ground.submit(form, age=400 * 86_400), "signature-too-old"),
        (await ground.submit(form, age=-86_400), "signature-in-future"),
        (await ground.submit(form, partnerkey=victim), "signature-wrong"),
        (await ground.submit(form, partnerkey="0123456789ab"), "key-unknown"),
        (await ground.submit(form, signature="\N{SNOWMAN}" * 50), "signature-malformed"),
    ]
    codes = await ground.rejected(*(event_id for event_id, _ in sent))
    return Became(
        f"{len(sent)} refused: {[code for one in codes for code in one]}", codes == [[wanted] for _, wanted in sent]
    )


async def wrong_forms(ground: Ground) -> Became:
    """The cases of the door that are refused, by their pointers."""
    now = datetime.now(UTC)
    told = await ground.faults(*[await ground.submit(case.form(now)) for case in REFUSED])
    pointers = [{fault["pointer"] for fault in faults} for faults in told]
    right = sum(found == {case.pointer} for case, found in zip(REFUSED, pointers, strict=True))
    return Became(f"{right} of {len(REFUSED)} refused by the right pointer", right == len(REFUSED))


def _producer(ground: Ground, **settings: Any) -> AIOKafkaProducer:
    return AIOKafkaProducer(
        bootstrap_servers=ground.stack.broker.bootstrap, max_request_size=LARGEST, max_batch_size=LARGEST, **settings
    )


_SPOILS: tuple[Callable[[bytearray], bytearray], ...] = (
    broken_batches.unknown_codec,
    broken_batches.wrong_checksum,
    broken_batches.gzip_of_nothing,
    broken_batches.header_name_that_is_no_utf8,
)
ATTACKS = (
    Attack("orders with a text of 1.2 MB", large_text),
    Attack("searches for 40,000 numbers", many_numbers),
    Attack("unsigned records with a key of 400 kB", endless_keys),
    Attack("records of 2 MB, near the topic's limit", near_the_limit),
    Attack("5 MB of one letter, compressed", five_megabytes_of_one_letter),
    Attack("gzip, snappy, lz4 and zstd", every_codec),
    Attack("batches that nobody can fetch", broken),
    Attack("unreadable records", unreadable_by_the_thousand),
    Attack("forged replies", forged_replies),
    Attack("a field for ever, values without end", one_field_for_ever),
    Attack("signatures: none, changed, old, foreign", signatures),
    Attack("forms with faults, by Kafka", wrong_forms),
)
