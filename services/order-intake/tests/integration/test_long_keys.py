"""Keys and ids of any length come to an end that is seen: no index of a table holds what strangers choose."""

import random
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from chassis.messaging.dead_letters import dead_letter
from chassis.messaging.reading import NotReadable
from contracts.bounds import MESSAGE_ID
from contracts.message import Message
from contracts.numbers import NumbersReleased, ReleaseNumbers
from contracts.orders import OrderRejected
from contracts.partners import PartnerKey
from contracts.tickets import TicketResolved
from testkit.largest import largest
from testkit.records import FakeRecord, record_of

from .desk import Desk
from .portal import Submission, instead, without

pytestmark = pytest.mark.integration
LENGTHS = pytest.mark.parametrize("length", [3_000, 100_000])


def incompressible(length: int) -> str:
    """What no compression makes small enough for an index."""
    return "".join(random.Random(7).choices([chr(code) for code in range(0x4E00, 0x9F00)], k=length))


def left() -> float:
    return REGISTRY.get_sample_value("dead_letters_left_total", {"service": "order-intake"}) or 0.0


async def kept(desk: Desk, *records: FakeRecord) -> list[Any]:
    """The rows of the dead letters that these records become, by the way of the topic `dead-letters`."""
    await desk.deliver(*records)
    letters = [one for one in await desk.published() if one.topic == "dead-letters"]
    before = left()
    await desk.deliver(*(one.again() for one in letters))
    assert left() == before
    return await desk.pool.fetch("SELECT * FROM dead_letters")


def unsigned(key: str) -> FakeRecord:
    return FakeRecord("orders.submissions", key.encode(), b"{}", [])


@LENGTHS
async def test_a_submission_that_is_none_is_kept_whatever_its_key_and_found_by_it(
    desk: Desk, operator: httpx.AsyncClient, length: int
) -> None:
    key, other = incompressible(length), incompressible(length)[:-1] + "x"
    rows = await kept(desk, unsigned(key), unsigned(other))
    assert {row["record_key"] for row in rows} == {key.encode(), other.encode()}
    assert len({row["order_id"] for row in rows}) == 2
    assert all(len(row["order_id"]) <= 128 for row in rows)
    found = await operator.get("/dead-letters", params={"order_id": rows[0]["order_id"]})
    assert [one["dl_id"] for one in found.json()] == [rows[0]["dl_id"]]


@LENGTHS
async def test_a_signed_submission_is_answered_whatever_its_key(
    desk: Desk, submission: Submission, length: int
) -> None:
    record = submission()
    record.key = incompressible(length).encode()
    await desk.deliver(record)
    (answer,) = await desk.published()
    assert answer.topic == "orders.rejections"
    assert len(answer.key or b"") <= 4 * 128


@LENGTHS
async def test_a_signed_submission_with_a_long_id_is_answered_to_its_partner(
    desk: Desk, submission: Submission, length: int
) -> None:
    await desk.deliver(submission(incompressible(length)))
    (answer,) = await desk.published()
    message = answer.message
    assert isinstance(message, OrderRejected)
    assert (message.partner_id, [one.code for one in message.faults]) == ("p-ada", ["no-submission"])
    assert all(len(text) <= MESSAGE_ID for text in (message.submission_id, *answer.texts.values()))


@LENGTHS
async def test_a_record_with_a_long_id_that_nobody_signed_is_kept(
    desk: Desk, submission: Submission, length: int
) -> None:
    nobodys = without(without(submission(), "signature"), "partnerkey")
    (row,) = await kept(desk, instead(nobodys, "ce_id", incompressible(length).encode()))
    assert (row["source_topic"], row["error_code"]) == ("orders.submissions", "message-not-readable")


MESSAGES: dict[str, Message] = {
    "a reply": NumbersReleased(order_id="o-1", run=1, numbers=()),
    "an event": largest(TicketResolved).model_copy(update={"order_id": "o-1"}),
    "a fact": largest(PartnerKey).model_copy(update={"key_id": "k1"}),
}


@LENGTHS
@pytest.mark.parametrize("part", ["key", "ce_id", "ce_step", "ce_causationid", "ce_sagaid"])
@pytest.mark.parametrize("what", MESSAGES)
async def test_a_message_of_ours_with_a_long_part_is_kept_or_handled(
    desk: Desk, what: str, part: str, length: int
) -> None:
    record, text = record_of(MESSAGES[what], "m1", step="reserve numbers", direction="do"), incompressible(length)
    if part == "key":
        record.key = text.encode()
    else:
        instead(record, part, text.encode())
    rows = await kept(desk, record)
    if part in ("key", "ce_id") or what == "a reply":
        assert [row["error_code"] for row in rows] == ["message-not-readable"]


@LENGTHS
@pytest.mark.parametrize("part", ["dl-id", "dl-service", "dl-source-topic", "dl-error-code", "dl-error-message", "key"])
async def test_a_dead_letter_with_a_long_part_is_kept(
    desk: Desk, operator: httpx.AsyncClient, part: str, length: int
) -> None:
    letter = dead_letter(record_of(ReleaseNumbers(order_id="o-1", run=1), "m1"), "catalog", NotReadable("bad"))
    key, headers, text = letter.key, list(letter.headers), incompressible(length)
    if part == "key":
        key = text.encode()
    headers = [(name, text.encode() if name == part else value) for name, value in headers]
    before = left()
    await desk.deliver(FakeRecord("dead-letters", key, letter.value, headers))
    assert left() == before
    assert await desk.pool.fetchval("SELECT count(*) FROM dead_letters") == 1
    listed = await operator.get("/dead-letters")
    assert (listed.status_code, len(listed.json())) == (200, 1)


@pytest.mark.parametrize("when", ["9999-12-31T23:59:59.999999+00:00", "0001-01-01T00:00:00+23:00", "yesterday"])
async def test_a_dead_letter_of_the_ends_of_time_is_kept_and_listed(
    desk: Desk, operator: httpx.AsyncClient, when: str
) -> None:
    headers = [("dl-id", b"d1"), ("dl-failed-at", when.encode())]
    await desk.deliver(FakeRecord("dead-letters", b"k", b"{}", headers))
    listed = await operator.get("/dead-letters")
    assert (listed.status_code, len(listed.json())) == (200, 1)
